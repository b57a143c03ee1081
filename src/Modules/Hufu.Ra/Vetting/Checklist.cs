using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ra.Vetting;

/// <summary>The checklist of an application, derived from its type, its fields and whether it renews (6.1.3.2-b to -e), and whether a vetter's findings answer it.</summary>
internal static class Checklist
{
    private const int TextLimit = 500;
    private const int MostFindings = 50;
    private const int MostEvidence = 20;

    /// <summary>Refuses findings that are not well formed, and an approval that leaves a check open.</summary>
    /// <param name="form">The form.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="fields">The application's fields.</param>
    /// <param name="renewal">Whether it renews a certificate.</param>
    /// <param name="known">Digests of the papers and ids of the source answers that findings may rest on.</param>
    /// <param name="decision">What the vetter says.</param>
    /// <exception cref="RefusedException">Malformed, TooLarge, FieldInvalid, FieldMissing.</exception>
    [Clause("3.3-a")]
    [Clause("6.1.3.2-b")]
    [Clause("6.1.3.2-c")]
    [Clause("6.1.3.2-d")]
    [Clause("6.1.3.2-e")]
    [Clause("6.2.2.1-a")]
    [Clause("7.2.6-c")]
    public static void MustBeAnswered(
        ApplicationForm form, CertificateProfile profile, IReadOnlyDictionary<string, string> fields, bool renewal, IReadOnlySet<string> known, VettingDecision decision)
    {
        MustBeWellFormed(form, decision);
        if (!decision.Approve)
        {
            if (string.IsNullOrWhiteSpace(decision.Reason))
            {
                throw new RefusedException(RefusalCode.FieldMissing, "A refusal tells its reason.", "reason");
            }

            return;
        }

        foreach (var check in form.ChecksFor(fields, renewal))
        {
            var finding = decision.Findings.FirstOrDefault(finding => finding.Check == check.Id);
            if (finding is null || finding.Passed == finding.Excepted || string.IsNullOrWhiteSpace(finding.How))
            {
                throw new RefusedException(RefusalCode.FieldMissing, $"{check.Zh}: needs a finding that passed, and how it was done; or an exception with its reason.", check.Id);
            }

            MustFit(check, profile, fields, known, finding);
        }
    }

    private static void MustBeWellFormed(ApplicationForm form, VettingDecision decision)
    {
        if (decision.Findings.Any(finding => finding is null))
        {
            throw new RefusedException(RefusalCode.Malformed, "A finding is null.", "findings");
        }

        if (decision.Findings.Count > MostFindings || decision.Reason?.Length > TextLimit || decision.FurtherPapers?.Count > 10
            || decision.Findings.Any(finding => finding.How.Length > TextLimit || finding.Evidence?.Count > MostEvidence))
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most {MostFindings} findings, {MostEvidence} pieces of evidence each, 10 further papers, texts of at most {TextLimit} characters.", "findings");
        }

        if (decision.Findings.FirstOrDefault(finding => form.Checks.All(check => check.Id != finding.Check)) is not null
            || decision.Findings.DistinctBy(finding => finding.Check).Count() != decision.Findings.Count)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "One finding for each check of the form, and no others.", "findings");
        }

        if (decision.FurtherPapers?.FirstOrDefault(paper => paper is null || !IsKind(paper.Kind) || paper.Why.Trim().Length is 0 or > 200) is not null || (decision.Approve && decision.FurtherPapers?.Count > 0))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "Further papers come with a refusal; each with a kind in kebab-case (at most 40) and why (1 to 200 characters).", "furtherPapers");
        }
    }

    private static void MustFit(FormCheck check, CertificateProfile profile, IReadOnlyDictionary<string, string> fields, IReadOnlySet<string> known, CheckFinding finding)
    {
        if (finding.Means is { } means && !check.Means.Contains(means))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{check.Zh}: not by {means}.", check.Id);
        }

        if (finding.Evidence?.FirstOrDefault(piece => piece is null || !known.Contains(piece)) is not null)
        {
            throw new RefusedException(RefusalCode.EvidenceMissing, $"{check.Zh}: evidence that this application does not have.", check.Id);
        }

        if ((finding.Means == CheckMeans.CallBack) != (finding.CallBack is not null))
        {
            throw new RefusedException(RefusalCode.FieldMissing, $"{check.Zh}: a call back tells its number, where the number was found, and who answered.", check.Id);
        }

        if (finding.CallBack is not { } call)
        {
            return;
        }

        if (Digits(call.Number).Length is < 7 or > 20 || call.Origin.Trim().Length is 0 or > 200 || call.SpokeWith.Trim().Length is 0 or > 100)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{check.Zh}: a number of 7 to 20 digits, its origin, who answered.", check.Id);
        }

        MustBeIndependent(check, profile, fields, call.Number);
    }

    /// <summary>6.1.3.2-b, -e: a number found independently is none that the applicant wrote on the form.</summary>
    /// <exception cref="RefusedException">FieldInvalid.</exception>
    internal static void MustBeIndependent(FormCheck check, CertificateProfile profile, IReadOnlyDictionary<string, string> fields, string number)
    {
        if (check.IndependentNumber && profile.Fields.Any(field => field.Kind == FieldKind.Phone && fields.TryGetValue(field.Name, out var given) && EndsAlike(Digits(given), Digits(number))))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{check.Zh}: this number stands on the form; find one independently.", check.Id);
        }
    }

    private static bool IsKind(string kind) =>
        kind.Length is > 0 and <= 40 && kind.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') && char.IsAsciiLetterLower(kind[0]) && kind[^1] != '-';

    private static string Digits(string number) => new([.. number.Where(char.IsAsciiDigit)]);

    // With and without country and area code it is one telephone.
    private static bool EndsAlike(string one, string other) => one.Length >= 7 && other.Length >= 7 && (one.EndsWith(other, StringComparison.Ordinal) || other.EndsWith(one, StringComparison.Ordinal));
}
