using Hufu.Ca.Certificates;
using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>A key is one holder's and has one use: not another holder's, not blocked, not an encryption key turned signing key, not the CA's own (R16). The same holder's renewal may use it again.</summary>
internal static class KeyBelongsToHolder
{
    /// <param name="known">What is known of the key, or null.</param>
    /// <param name="holder">Who asks.</param>
    /// <param name="use">For what, see <see cref="CertificateUse"/>.</param>
    /// <param name="certified">Whether a certificate for the key exists.</param>
    /// <param name="renewal">Whether this is a renewal with the same key.</param>
    /// <param name="field">The field that carries the key.</param>
    /// <exception cref="RefusedException">KeyReused, KeyWeak (blocked).</exception>
    public static void Demand(KeyRow? known, string holder, string use, bool certified, bool renewal, string field)
    {
        if (known is null)
        {
            return;
        }

        if (known.Blocked is { } why)
        {
            throw new RefusedException(RefusalCode.KeyWeak, $"The key may not be used again: {why}.", field);
        }

        if (known.Holder != holder || known.Use != use || (certified && !renewal))
        {
            throw new RefusedException(RefusalCode.KeyReused, known.Holder != holder ? "It is another holder's." : known.Use != use ? "It has another use." : "It is certified already.", field);
        }
    }
}
