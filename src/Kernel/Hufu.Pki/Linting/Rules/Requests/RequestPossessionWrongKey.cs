namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature verifies with the key of the request.</summary>
internal sealed class RequestPossessionWrongKey() : RequestRule(
    "hufu_request_possession_wrong_key", LintSeverity.Error, "RFC 2986 3; requirements 6.1.3.2-a",
    "The signature verifies with the key of the request.",
    "Make the request again; refuse this one.", "签名验证失败，无法证明持有私钥，须重新生成请求。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.Possession == Possession.WrongKey)
        {
            report.Add("The signature does not verify.");
        }
    }
}
