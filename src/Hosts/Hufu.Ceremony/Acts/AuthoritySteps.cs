using Hufu.Ceremony.Authorities;
using Hufu.Ceremony.Play;
using Hufu.Ceremony.Script;
using Hufu.Pki;

namespace Hufu.Ceremony.Acts;

/// <summary>The root signs itself.</summary>
internal sealed class SelfSign(ScriptDevice device, AuthorityText text, IReadOnlyList<ScriptPerson> people) : CeremonyStep("self-sign")
{
    public override string Zh => $"以设备 {device.Name} 的密钥 {text.Key} 自签根证书：{text.Profile.Name(text.Fields)}";

    public override string En => $"The key {text.Key} of {device.Name} signs its own root certificate: {text.Profile.Name(text.Fields)}";

    public override IReadOnlyList<ScriptPerson> TakingPart => people;

    public override StepOutcome Perform(CeremonyRoom room)
    {
        Certificate root = AuthorityIssuing.SelfSign(text.Profile, text.Fields, room.Active(device).GetSigner(text.Key), room.Now);
        room.Write(text.To, root.RawData.Span);
        return new StepOutcome(
            $"根证书写入 {text.To}，序列号 {root.SerialHex}，有效期至 {root.NotAfter:yyyy-MM-dd}", $"The root's certificate is {text.To}, serial {root.SerialHex}, until {root.NotAfter:yyyy-MM-dd}",
            CeremonyTranscript.Digest(root.RawData.Span));
    }
}

/// <summary>A CA's device writes its request to a file.</summary>
internal sealed class MakeRequest(ScriptDevice device, AuthorityText text, IReadOnlyList<ScriptPerson> people) : CeremonyStep("request")
{
    public override string Zh => $"设备 {device.Name} 的密钥 {text.Key} 生成证书请求：{text.Profile.Name(text.Fields)}";

    public override string En => $"The key {text.Key} of {device.Name} asks for a certificate: {text.Profile.Name(text.Fields)}";

    public override IReadOnlyList<ScriptPerson> TakingPart => people;

    public override StepOutcome Perform(CeremonyRoom room)
    {
        CertificationRequest request = room.Active(device).CreateRequest(text.Key, text.Profile.Name(text.Fields));
        room.Write(text.To, request.RawData.Span);
        return new StepOutcome($"证书请求写入 {text.To}", $"The request is {text.To}", CeremonyTranscript.Digest(request.RawData.Span));
    }
}

/// <summary>The root signs a CA below it, from a request in a file.</summary>
internal sealed class SignAuthority(ScriptDevice device, AuthorityText text, string issuer, string request, Addresses addresses, IReadOnlyList<ScriptPerson> people) : CeremonyStep("sign-authority")
{
    public override string Zh => $"根 CA 按请求 {request} 签发下级 CA 证书：{text.Profile.Name(text.Fields)}";

    public override string En => $"The root signs the CA of the request {request}: {text.Profile.Name(text.Fields)}";

    public override IReadOnlyList<ScriptPerson> TakingPart => people;

    public override StepOutcome Perform(CeremonyRoom room)
    {
        var root = Certificate.DecodePemOrDer(room.Read(issuer));
        Certificate made = AuthorityIssuing.SignAuthority(
            text.Profile, text.Fields, CertificationRequest.DecodePemOrDer(room.Read(request)), root, room.Active(device).GetSigner(text.Key), addresses, room.Now);
        room.Write(text.To, made.RawData.Span);
        return new StepOutcome(
            $"下级 CA 证书写入 {text.To}，序列号 {made.SerialHex}，有效期至 {made.NotAfter:yyyy-MM-dd}", $"The CA's certificate is {text.To}, serial {made.SerialHex}, until {made.NotAfter:yyyy-MM-dd}",
            CeremonyTranscript.Digest(made.RawData.Span));
    }
}

/// <summary>The root's own list (CRL, ARL), from a file of entries.</summary>
internal sealed class SignList(
    ScriptDevice device, string key, string issuer, string? entries, int number, int months, string to, IReadOnlyList<ScriptPerson> people) : CeremonyStep("sign-list")
{
    public override string Zh => $"根 CA 签发 CRL，编号 {number}";

    public override string En => $"The root signs its list, number {number}";

    public override IReadOnlyList<ScriptPerson> TakingPart => people;

    public override StepOutcome Perform(CeremonyRoom room)
    {
        var root = Certificate.DecodePemOrDer(room.Read(issuer));
        IReadOnlyList<RevokedEntry> revoked = entries is null ? [] : RevokedText.Read(entries, room.Read(entries));
        CertificateRevocationList list = AuthorityIssuing.SignList(root, room.Active(device).GetSigner(key), number, revoked, months, room.Now);
        room.Write(to, list.RawData.Span);
        return new StepOutcome(
            $"CRL 编号 {number} 写入 {to}，{list.Count} 个条目，下次更新 {list.NextUpdate:yyyy-MM-dd}", $"The list number {number} is {to}: {list.Count} entries, next update {list.NextUpdate:yyyy-MM-dd}",
            CeremonyTranscript.Digest(list.RawData.Span));
    }
}
