namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature is made with the id 1234567812345678.</summary>
internal sealed class RequestPossessionEmptyId() : RequestRule(
    "hufu_request_possession_empty_id", LintSeverity.Error, "GM/T 0009 10; interop.md",
    "The signature is made with the id 1234567812345678.",
    "Give the software the default id (OpenSSL: -sigopt distid:1234567812345678).", "签名所用 ID 为空；应使用默认 ID 1234567812345678。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.Possession == Possession.EmptyId)
        {
            report.Add("The signature was made with an empty id.");
        }
    }
}
