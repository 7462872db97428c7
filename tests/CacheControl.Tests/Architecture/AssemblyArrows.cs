using System.Reflection;
using System.Reflection.Emit;

namespace HttpCaching.Tests.Architecture;

/// <summary>Reads from the compiled assembly which of its folders use which others: signatures, attributes aside, and every method body.</summary>
internal static class AssemblyArrows
{
    private static readonly OpCode[] OneByte = new OpCode[256];
    private static readonly OpCode[] TwoByte = new OpCode[256];

    static AssemblyArrows()
    {
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? OneByte : TwoByte)[code.Value & 0xFF] = code;
        }
    }

    /// <summary>All arrows between the folders of the assembly, with one type on each side as evidence.</summary>
    public static IReadOnlyCollection<Arrow> Of(Assembly assembly, SourceFolders folders)
    {
        var arrows = new Dictionary<(string From, string To), Arrow>();
        foreach (var type in assembly.GetTypes())
        {
            if (folders.FolderOf(type) is not { } from)
            {
                continue;
            }

            foreach (var used in UsedBy(type).SelectMany(Parts).Where(t => t.Assembly == assembly))
            {
                if (folders.FolderOf(used) is { } to && from != to)
                {
                    arrows.TryAdd((from, to), new Arrow(from, to, type.FullName!, used.FullName ?? used.Name));
                }
            }
        }

        return arrows.Values;
    }

    /// <summary>The types of one folder, each with the others of that folder that it uses.</summary>
    public static Dictionary<Type, HashSet<Type>> Within(Assembly assembly, SourceFolders folders, string folder)
    {
        var uses = new Dictionary<Type, HashSet<Type>>();
        foreach (var type in assembly.GetTypes().Where(type => folders.FolderOf(type) == folder))
        {
            var from = Outermost(type);
            uses.TryAdd(from, []);
            uses[from].UnionWith(UsedBy(type).SelectMany(Parts).Select(Outermost).Where(used => used != from && used.Assembly == assembly && folders.FolderOf(used) == folder));
        }

        return uses;
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> UsedBy(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var used = new List<Type>();
        if (type.BaseType is { } parent)
        {
            used.Add(parent);
        }

        used.AddRange(type.GetInterfaces());
        used.AddRange(type.GetFields(All).Select(f => f.FieldType));
        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            used.AddRange(method.GetParameters().Select(p => p.ParameterType));
            if (method is MethodInfo { ReturnType: { } returned })
            {
                used.Add(returned);
            }

            used.AddRange(InBody(method));
        }

        return used;
    }

    private static IEnumerable<Type> InBody(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } il)
        {
            return [];
        }

        var used = new List<Type>(body.LocalVariables.Select(v => v.LocalType));
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var i = 0; i < il.Length;)
        {
            var code = il[i] == 0xFE ? TwoByte[il[++i]] : OneByte[il[i]];
            i++;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                used.AddRange(Named(method.Module.ResolveMember(BitConverter.ToInt32(il, i), typeArguments, methodArguments)));
            }

            i += OperandSize(code.OperandType, il, i);
        }

        return used;
    }

    private static IEnumerable<Type> Named(MemberInfo? member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.DeclaringType!, field.FieldType],
        MethodInfo method => [method.DeclaringType!, method.ReturnType, .. method.GetParameters().Select(p => p.ParameterType), .. method.GetGenericArguments()],
        MethodBase constructor => [constructor.DeclaringType!],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericType ? [type, .. type.GetGenericArguments().SelectMany(Parts)] : [type];
    }

    private static int OperandSize(OperandType operand, byte[] il, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
        _ => 4,
    };
}

/// <summary>One folder uses another.</summary>
internal sealed record Arrow(string From, string To, string FromType, string ToType);
