namespace Hufu.Pki.Linting.Rules;

/// <summary>Identity extensions are not critical and hold one of the standard's forms.</summary>
internal sealed class IdentityNumbersArePrintable() : LintRule(
    "hufu_cert_identity_number_form", LintSeverity.Error, "GM/T 0015 5.2.4", "Identity extensions are not critical and hold one of the standard's forms.", "Build them with IdentityExtensions.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        foreach (string oid in new[] { Oids.IdentifyCode, Oids.InsuranceNumber, Oids.IcRegistrationNumber, Oids.OrganizationCode, Oids.TaxationNumber })
        {
            if (Look(subject, oid) is { } problem)
            {
                yield return problem;
            }
        }
    }

    private static string? Look(LintSubject subject, string oid)
    {
        if (subject.Find(oid) is not { } extension)
        {
            return null;
        }

        try
        {
            (string number, _) = IdentityExtensions.Read(extension);
            return extension.Critical || number.Length == 0 ? $"The identity extension {oid} is critical or empty." : null;
        }
        catch (PkiException e)
        {
            return $"The identity extension {oid} does not read: {e.Message}";
        }
    }
}
