using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>The share holders of a device's administration (6.6.2.2-a): all of it public, each share enveloped to its holder's token.</summary>
/// <param name="Commitments">Checks each share on its own; says how many suffice.</param>
/// <param name="Holders">Their keys; share i is the i-th one's.</param>
/// <param name="Shares">One for each, in that order.</param>
public sealed record AdministrationSet(ShareCommitments Commitments, IReadOnlyList<Sm2PublicKey> Holders, IReadOnlyList<DealtShare> Shares)
{
    /// <summary>The number of a holder's share, 1 to n, or null for somebody else's key.</summary>
    public int? NumberOf(Sm2PublicKey holder)
    {
        for (int i = 0; i < Holders.Count; i++)
        {
            if (Holders[i].Equals(holder))
            {
                return i + 1;
            }
        }

        return null;
    }
}
