using Hufu.Devices;

namespace Hufu.Ceremony.Play;

/// <summary>Shares on the table; zeroed when disposed.</summary>
internal sealed class ShareHand(IReadOnlyList<SecretShare> shares) : IDisposable
{
    public IReadOnlyList<SecretShare> Shares => shares;

    public void Dispose()
    {
        foreach (SecretShare share in shares)
        {
            share.Dispose();
        }
    }
}
