namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature covers Z, the digest of id and key.</summary>
internal sealed class RequestPossessionWithoutZ() : RequestRule(
    "hufu_request_possession_without_z", LintSeverity.Error, "GM/T 0009 8; interop.md",
    "The signature covers Z, the digest of id and key.",
    "Have the request made by software that signs as GM/T 0009 says.", "签名未包含 Z 值；请使用符合 GM/T 0009 的软件。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.Possession == Possession.WithoutZ)
        {
            report.Add("The signature was made without Z.");
        }
    }
}
