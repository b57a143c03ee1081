using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>R05: a change of a profile changes what it says, not what it is. Its kind, its issuers, one certificate or two, and what its holders are known by stay: certificates, keys and orders under way hang on them. Another of these is another profile.</summary>
internal static class ProfileStaysTheSameKind
{
    /// <exception cref="RefusedException">FieldInvalid.</exception>
    public static void Demand(CertificateProfile before, CertificateProfile after)
    {
        var what = before.Kind != after.Kind ? "kind"
            : before.Pairs != after.Pairs ? "pairs"
            : !before.Issuers.SequenceEqual(after.Issuers) ? "issuers"
            : !before.IdentifiedBy.SequenceEqual(after.IdentifiedBy, StringComparer.Ordinal) ? "identifiedBy"
            : null;
        if (what is not null)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"'{what}' of a profile does not change; make another profile in the policy folder.", "text");
        }
    }
}
