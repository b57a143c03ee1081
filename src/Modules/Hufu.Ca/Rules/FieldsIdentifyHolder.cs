using System.Text;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>The holder's identifier is what the vetted fields say, computed here again (R06): SM3 over the values of the profile's <c>identifiedBy</c>, in its order.</summary>
internal static class FieldsIdentifyHolder
{
    /// <exception cref="RefusedException">StatementMismatch.</exception>
    public static void Demand(CertificateProfile profile, IReadOnlyDictionary<string, string> fields, string holderIdentifier)
    {
        if (Of(profile, fields) != holderIdentifier)
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The holder's identifier is not that of the fields.", "holderIdentifier");
        }
    }

    /// <summary>64 lower-case hex digits.</summary>
    public static string Of(CertificateProfile profile, IReadOnlyDictionary<string, string> fields) =>
        ActStatement.Digest(Encoding.UTF8.GetBytes(string.Concat(profile.IdentifiedBy.Select(name => fields.TryGetValue(name, out var value) ? value : ""))));
}
