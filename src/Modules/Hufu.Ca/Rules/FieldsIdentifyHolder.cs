using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Rules;

/// <summary>The holder's identifier is what the vetted fields say, computed here again (R06).</summary>
internal static class FieldsIdentifyHolder
{
    /// <exception cref="RefusedException">StatementMismatch.</exception>
    public static void Demand(CertificateProfile profile, IReadOnlyDictionary<string, string> fields, string holderIdentifier)
    {
        if (HolderIdentifier.Of(profile, fields) != holderIdentifier)
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "The holder's identifier is not that of the fields.", "holderIdentifier");
        }
    }
}
