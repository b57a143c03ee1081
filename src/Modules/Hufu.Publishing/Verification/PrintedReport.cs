using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Print;

namespace Hufu.Publishing.Verification;

/// <summary>A verification report on paper, for those who keep paper: the same verdict and checks, in Chinese with the sentences of the checks as they are.</summary>
internal static class PrintedReport
{
    private const double Title = 16, Heading = 12, Body = 10;

    private static readonly Lazy<PrintFont?> s_font = new(() => PrintFont.FindFile() is { } path ? PrintFont.Load(path) : null);

    /// <summary>Prints.</summary>
    /// <param name="report">The report.</param>
    /// <param name="signed">The signed report that goes with it, or null.</param>
    /// <param name="time">How a time is written.</param>
    /// <returns>PDF.</returns>
    public static byte[] Encode(VerificationReport report, byte[]? signed, Func<DateTimeOffset, string> time)
    {
        var lines = new List<PrintedLine>
        {
            new(Title, "验证报告 Verification report"),
            new(Heading, report.Valid ? "结论：有效 Valid" : "结论：无效 Not valid"),
            new(Body, report.Explanation),
            new(Body, $"对象 Kind: {report.Kind}"),
            new(Body, $"文件摘要（SM3）: {report.DocumentDigest}"),
            new(Body, $"所依时间 Time that counted: {time(report.Time)}"),
            new(Body, $"验证时间 Verified at: {time(report.VerifiedAt)}"),
        };
        if (report.Serial is not null)
        {
            lines.Add(new(Body, $"证书 Certificate: {report.Subject}（{report.Serial}）"));
        }

        lines.Add(new(Heading, "证书路径 Path"));
        lines.AddRange(report.Path.Select(subject => new PrintedLine(Body, subject)));
        lines.Add(new(Heading, "检查 Checks"));
        lines.AddRange(report.Checks.Select(check => new PrintedLine(Body, $"{Outcome(check.Outcome)} {check.Name}: {check.Sentence}")));
        lines.Add(new(Body, signed is null ? "本报告未签名。 This report is not signed." : $"随附签名报告的摘要（SM3）: {ActStatement.Digest(signed)}"));
        return PrintedDocument.Encode("验证报告 Verification report", lines.Select(line => line with { Text = line.Text.ReplaceLineEndings(" ") }), s_font.Value);
    }

    private static string Outcome(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "[通过 ok]",
        CheckOutcome.Failed => "[不通过 FAILED]",
        _ => "[未检查 -]",
    };
}
