using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace HttpCaching;

/// <summary>Listens to sections of configuration.</summary>
internal sealed class RuleReloads : IDisposable
{
    private readonly IDisposable[] _registrations;

    public RuleReloads(IEnumerable<IConfiguration> sections, Action reload) =>
        _registrations = [.. sections.Distinct().Select(section => ChangeToken.OnChange(section.GetReloadToken, reload))];

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
