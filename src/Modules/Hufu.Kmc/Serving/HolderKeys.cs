using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

/// <summary>Which keys private keys are enveloped to.</summary>
internal static class HolderKeys
{
    /// <summary>R16: on the curve; not an authority's key; not a key that the key centre itself has made and therefore knows.</summary>
    /// <param name="session">A snapshot of the stores.</param>
    /// <param name="escrowed">Keys that were made here.</param>
    /// <param name="authorities">Keys that no holder may have.</param>
    /// <param name="key">The holder's signing key.</param>
    /// <param name="field">Where it stands.</param>
    /// <exception cref="RefusedException">KeyWeak, KeyReused.</exception>
    public static Sm2PublicKey Require(Session session, EscrowedKeys escrowed, IReadOnlyList<SubjectPublicKeyInfo> authorities, SubjectPublicKeyInfo key, string field)
    {
        escrowed.Catch(session);
        return Require(escrowed, authorities, key, field);
    }

    /// <summary>As the other, when <paramref name="escrowed"/> has caught up with the snapshot.</summary>
    /// <exception cref="RefusedException">KeyWeak, KeyReused.</exception>
    public static Sm2PublicKey Require(EscrowedKeys escrowed, IReadOnlyList<SubjectPublicKeyInfo> authorities, SubjectPublicKeyInfo key, string field)
    {
        var point = key.Sm2 ?? throw new RefusedException(RefusalCode.KeyWeak, $"{field} is no point of the SM2 curve.", field);
        return authorities.Contains(key) || escrowed.Contains(key.PublicKey.Span)
            ? throw new RefusedException(RefusalCode.KeyReused, $"{field} is an authority's key or an escrowed encryption key, so it cannot be a holder's signing key.", field)
            : point;
    }
}
