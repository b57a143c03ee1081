using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>The bytes that were signed are the bytes that were linted, and the signature is this CA's (R10; step 9).</summary>
internal static class SignedEqualsLinted
{
    /// <exception cref="InvalidOperationException">They differ: the device or the memory failed; nothing leaves.</exception>
    public static void Demand(ReadOnlySpan<byte> linted, Certificate signed, SubjectPublicKeyInfo issuerKey)
    {
        if (!signed.TbsData.Span.SequenceEqual(linted))
        {
            throw new InvalidOperationException("What was signed is not what was linted.");
        }

        if (!signed.IsSignedBy(issuerKey))
        {
            throw new InvalidOperationException("The new signature does not verify under the CA's key.");
        }
    }
}
