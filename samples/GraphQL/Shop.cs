using System.Globalization;
using GraphQL;
using GraphQL.Types;

namespace GraphQLSample;

/// <summary>What the server knows: products with prices, which a mutation changes.</summary>
internal sealed class Shop
{
    private readonly Dictionary<string, decimal> _prices = new() { ["tea"] = 3, ["jam"] = 5 };

    /// <summary>How many queries were executed.</summary>
    public int Queries { get; private set; }

    /// <summary>How many mutations were executed.</summary>
    public int Mutations { get; private set; }

    /// <summary>Makes the schema: <c>price(name)</c> asks, <c>setPrice(name, price)</c> changes.</summary>
    public Schema ToSchema()
    {
        var asks = new ObjectGraphType { Name = "Query" };
        asks.Field<NonNullGraphType<DecimalGraphType>>("price")
            .Argument<NonNullGraphType<StringGraphType>>("name")
            .Resolve(context => Ask(context.GetArgument<string>("name")));
        var changes = new ObjectGraphType { Name = "Mutation" };
        changes.Field<NonNullGraphType<DecimalGraphType>>("setPrice")
            .Argument<NonNullGraphType<StringGraphType>>("name")
            .Argument<NonNullGraphType<DecimalGraphType>>("price")
            .Resolve(context => Change(context.GetArgument<string>("name"), context.GetArgument<decimal>("price")));
        return new Schema { Query = asks, Mutation = changes };
    }

    /// <summary>The counts, for the report.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Queries} queries, {Mutations} mutations");

    private decimal Ask(string name)
    {
        Queries++;
        return _prices[name];
    }

    private decimal Change(string name, decimal price)
    {
        Mutations++;
        return _prices[name] = price;
    }
}
