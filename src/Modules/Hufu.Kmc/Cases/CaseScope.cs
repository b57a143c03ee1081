using Hufu.Contracts;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Cases;

/// <summary>The pairs that a case is about.</summary>
internal static class CaseScope
{
    /// <summary>Most certificates in one case.</summary>
    public const int Most = 20;

    /// <summary>The pairs of a CA's certificates, in their order.</summary>
    /// <exception cref="RefusedException">FieldInvalid, TooLarge, UnknownObject.</exception>
    public static IReadOnlyList<(string Number, HeldPair Pair)> Find(Session session, string ca, IReadOnlyList<string> numbers)
    {
        if (numbers.Count is < 1 or > Most || numbers.Any(string.IsNullOrEmpty) || numbers.Distinct(StringComparer.Ordinal).Count() != numbers.Count)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {Most} different certificates.", "userCertNumbers");
        }

        return [.. numbers.Select(number => (number, PairStores.Find(session, ca, number)
            ?? throw new RefusedException(RefusalCode.UnknownObject, $"No pair was given to '{ca}' for certificate {number}.", "userCertNumbers")))];
    }

    /// <summary>The public half of a pair.</summary>
    public static SubjectPublicKeyInfo PublicKeyOf(HeldPair pair) => PublicKeyOf(pair.PublicKey);

    /// <summary>A stored point, 04‖X‖Y, as a key.</summary>
    public static SubjectPublicKeyInfo PublicKeyOf(byte[] point) => SubjectPublicKeyInfo.FromSm2(
        Crypto.Sm2PublicKey.TryDecode(point, out var key) ? key : throw new InvalidDataException("A stored public key is not on the curve."));
}
