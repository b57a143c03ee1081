using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>No anonymous or pseudonymous subject (6.1.3.1-a): a name is there, and it has a common name.</summary>
internal static class SubjectIsNamed
{
    /// <exception cref="RefusedException">FieldMissing.</exception>
    [Clause("6.1.3.1-a")]
    public static void Demand(DistinguishedName subject)
    {
        if (string.IsNullOrWhiteSpace(subject.CommonName))
        {
            throw new RefusedException(RefusalCode.FieldMissing, "The subject has no common name.", "subject");
        }
    }
}
