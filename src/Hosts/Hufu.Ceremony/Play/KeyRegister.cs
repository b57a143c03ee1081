using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Play;

/// <summary>What has become of each key in each device during the ceremony.</summary>
internal sealed class KeyRegister
{
    public const string Active = "active", Archived = "archived", Destroyed = "destroyed";
    private readonly List<CeremonyKey> _keys = [];

    public IReadOnlyList<CeremonyKey> All => _keys;

    public void Set(string device, string label, string digest, string state)
    {
        _keys.RemoveAll(k => k.Device == device && k.Label == label);
        _keys.Add(new CeremonyKey(device, label, digest, state));
    }

    /// <summary>Takes over what a device holds.</summary>
    public void Copy(string name, SoftwareDevice device)
    {
        foreach (string label in device.Labels.Where(l => (device.UseOf(l) & KeyUse.Both) != 0))
        {
            Set(name, label, CeremonyTranscript.Digest(device.PublicKeyOf(label).RawData.Span), device.UseOf(label).HasFlag(KeyUse.Archived) ? Archived : Active);
        }
    }
}
