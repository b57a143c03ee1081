using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Ca.Certificates;

/// <summary>The subject's distinguished name from a profile and the fields that fill it, in the profile's order.</summary>
internal static class SubjectBuilder
{
    /// <summary>Builds the name.</summary>
    /// <exception cref="RefusedException">FieldMissing, NameTooLong, FieldInvalid (R13).</exception>
    [Clause("6.1.3.1-a")]
    public static DistinguishedName Build(CertificateProfile profile, IReadOnlyDictionary<string, string> fields)
    {
        var attributes = new List<NameAttribute>(profile.Subject.Count);
        foreach (var part in profile.Subject)
        {
            var value = part.Constant ?? (fields.TryGetValue(part.Field!, out var given) ? given : "");
            if (value.Length == 0)
            {
                if (part.Required)
                {
                    throw new RefusedException(RefusalCode.FieldMissing, $"The subject needs {part.Attribute}.", part.Field);
                }

                continue;
            }

            SubjectTextFits.Demand(part, value);
            attributes.Add(new NameAttribute(part.Oid, value));
        }

        var name = DistinguishedName.Create(attributes);
        SubjectIsNamed.Demand(name);
        return name;
    }
}
