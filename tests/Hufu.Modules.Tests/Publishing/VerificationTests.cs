using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Publishing;

public sealed class VerificationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.7.8-a")]
    public async Task A_relying_party_gets_verdict_and_reasons_and_a_signed_report()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("root", shelf.Authority.Root.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        await shelf.TellAsync(shelf.Ca, List(shelf, "root", 1));
        await shelf.TellAsync(shelf.Ca, List(shelf, "operational", 1));
        using var person = shelf.Authority.Person("张三");
        var certificate = person.Certificate!;
        var signed = SignedMessage.Sign("合同"u8.ToArray(), person.Key, certificate, new SigningOptions { Syntax = MessageSyntax.Gm, Placement = ContentPlacement.Attached, Attributes = SignedAttributesMode.Standard, SigningTime = shelf.Clock.GetUtcNow(), Certificates = [certificate] }).RawData.ToArray();

        var (good, report) = await VerifyAsync(shelf, new { document = certificate.Encode(), signed = true });
        Assert.True(good.GetProperty("valid").GetBoolean(), good.ToString());
        Assert.Equal("certificate", good.GetProperty("kind").GetString());
        Assert.Equal(3, good.GetProperty("path").GetArrayLength());
        var message = SignedMessage.Decode(report!);
        Assert.Equal(MessageSignature.Valid, message.Verify(message.Signers[0], message.Certificates[0]));
        Assert.Contains(certificate.SerialHex, System.Text.Encoding.UTF8.GetString(message.Content!.Value.Span), StringComparison.Ordinal);

        // The same on paper.
        using (var printed = await shelf.Site.PostAsync("/api/verify", new { document = certificate.Encode(), printed = true }))
        {
            using var answer = JsonDocument.Parse(await printed.Content.ReadAsStringAsync(Ct));
            var pdf = answer.RootElement.GetProperty("printedReport").GetBytesFromBase64();
            Assert.StartsWith("%PDF-1.7", System.Text.Encoding.ASCII.GetString(pdf), StringComparison.Ordinal);
            Assert.False(answer.RootElement.TryGetProperty("signedReport", out _));
        }

        var (document, _) = await VerifyAsync(shelf, new { document = signed });
        Assert.True(document.GetProperty("valid").GetBoolean(), document.ToString());
        Assert.Equal("signed-message", document.GetProperty("kind").GetString());
        var broken = signed.ToArray();
        broken[signed.AsSpan().IndexOf("合同"u8)] ^= 1;
        var (changed, _) = await VerifyAsync(shelf, new { document = broken });
        Assert.False(changed.GetProperty("valid").GetBoolean());

        await shelf.TellAsync(shelf.Ca, List(shelf, "operational", 2, certificate));
        var (revoked, _) = await VerifyAsync(shelf, new { document = signed });
        Assert.False(revoked.GetProperty("valid").GetBoolean());
        Assert.Contains("revoked", revoked.GetProperty("explanation").GetString()!, StringComparison.OrdinalIgnoreCase);
        var (rubbish, _) = await VerifyAsync(shelf, new { document = new byte[] { 1, 2, 3 } });
        Assert.Equal("not-readable", rubbish.GetProperty("kind").GetString());
    }

    /// <summary>Use by purpose, in time and after: a signature of before is verified later, nothing new is signed, encrypted to or let in; what was encrypted before is still opened.</summary>
    [Fact]
    [Clause("6.2.5.1-a")]
    [Clause("6.6.2.3-c")]
    public async Task After_its_end_a_certificate_serves_only_what_was_signed_and_encrypted_before()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("root", shelf.Authority.Root.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        using Sm2KeyPair signing = Sm2KeyPair.Generate(), encryption = Sm2KeyPair.Generate();
        var life = TimeSpan.FromDays(10);
        Certificate signer = shelf.Authority.Issue("张三", signing.PublicKey, life: life), recipient = shelf.Authority.Issue("张三", encryption.PublicKey, KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment, life);
        var signed = SignedMessage.Sign(
            "合同"u8.ToArray(), signing, signer, new SigningOptions { Syntax = MessageSyntax.Gm, Placement = ContentPlacement.Attached, Attributes = SignedAttributesMode.Standard, SigningTime = shelf.Clock.GetUtcNow(), Certificates = [signer] }).RawData.ToArray();
        var sealedData = EnvelopedMessage.Encrypt("旧信"u8.ToArray(), [recipient], MessageSyntax.Gm).RawData.ToArray();
        var inTime = shelf.Clock.GetUtcNow().AddDays(9.5);
        shelf.Clock.Advance(TimeSpan.FromDays(9));
        await ListsAsync(1);
        Assert.True(await ValidAsync(signed, inTime, CertificatePurpose.Signing));
        Assert.True(await ValidAsync(recipient.Encode(), inTime, CertificatePurpose.Encryption));
        // Each key for its own purpose (6.2.5).
        Assert.False(await ValidAsync(recipient.Encode(), inTime, CertificatePurpose.Signing));
        Assert.False(await ValidAsync(signer.Encode(), inTime, CertificatePurpose.Encryption));

        shelf.Clock.Advance(TimeSpan.FromDays(30));
        await ListsAsync(2);
        Assert.True(await ValidAsync(signed, inTime, CertificatePurpose.Signing));
        foreach (var (document, purpose) in new[] { (signed, CertificatePurpose.Signing), (recipient.Encode(), CertificatePurpose.Encryption), (signer.Encode(), CertificatePurpose.TlsClient) })
        {
            Assert.False(await ValidAsync(document, shelf.Clock.GetUtcNow(), purpose));
        }

        Assert.Equal("旧信"u8.ToArray(), EnvelopedMessage.Decode(sealedData).Decrypt(encryption, recipient));

        async Task ListsAsync(long number)
        {
            await shelf.TellAsync(shelf.Ca, List(shelf, "root", number));
            await shelf.TellAsync(shelf.Ca, List(shelf, "operational", number));
        }

        async Task<bool> ValidAsync(byte[] document, DateTimeOffset time, CertificatePurpose purpose) =>
            (await VerifyAsync(shelf, new { document, time, purpose })).Report.GetProperty("valid").GetBoolean();
    }

    /// <summary>What a relying party verifies: chain, trust, purpose, signature and status; any failure rejects. Then it encrypts to the certificate that it found and sends it along.</summary>
    [Fact]
    [Clause("6.2.5.2-a")]
    [Clause("6.2.7.4-a")]
    public async Task A_relying_party_looks_at_chain_trust_purpose_signature_and_status_and_any_failure_rejects()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("root", shelf.Authority.Root.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        using var key = Sm2KeyPair.Generate();
        var recipient = shelf.Authority.Issue("李四", key.PublicKey, KeyUsages.KeyEncipherment, null, CrlDistributionPoints.FromUris("http://127.0.0.1/crl/operational.crl").ToExtension());
        Assert.Equal("RevocationUnknown", await FailureAsync(recipient.Encode(), CertificatePurpose.Encryption), ignoreCase: true);
        await shelf.TellAsync(shelf.Ca, List(shelf, "root", 1));
        await shelf.TellAsync(shelf.Ca, List(shelf, "operational", 1));
        await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(recipient));
        await shelf.TellAsync(shelf.Ra, shelf.Accepted(recipient));

        // Found in the repository, verified, encrypted to; the certificate goes along with what was sealed.
        var found = Certificate.Decode((await shelf.GetAsync($"/repository/certificates/{recipient.SerialHex}.cer"))!);
        Assert.Null(await FailureAsync(found.Encode(), CertificatePurpose.Encryption));
        Assert.Equal("信"u8.ToArray(), EnvelopedMessage.Decode(EnvelopedMessage.Encrypt("信"u8.ToArray(), [found], MessageSyntax.Gm).RawData.ToArray()).Decrypt(key, found));

        using var others = new TestAuthority(shelf.Clock);
        using var person = others.Person("王五");
        Assert.NotNull(await FailureAsync(person.Certificate!.Encode(), CertificatePurpose.Signing));
        Assert.Equal("WrongPurpose", await FailureAsync(found.Encode(), CertificatePurpose.Signing), ignoreCase: true);
        var forged = found.Encode();
        forged[^10] ^= 1;
        Assert.NotNull(await FailureAsync(forged, CertificatePurpose.Encryption));

        // The list comes from the address in the certificate, is signed by its CA, and names the serial.
        var address = CrlDistributionPoints.Decode(found.FindExtension(Oids.CrlDistributionPoints)!).Uris.Single();
        await shelf.TellAsync(shelf.Ca, List(shelf, "operational", 2, found));
        var list = CertificateRevocationList.Decode((await shelf.GetAsync(new Uri(address).AbsolutePath))!);
        Assert.True(list.IsSignedBy(shelf.Authority.Ca));
        Assert.NotNull(list.Find(found.SerialNumber));
        Assert.Equal("Revoked", await FailureAsync(found.Encode(), CertificatePurpose.Encryption), ignoreCase: true);

        async Task<string?> FailureAsync(byte[] document, CertificatePurpose purpose)
        {
            var report = (await VerifyAsync(shelf, new { document, purpose })).Report;
            return report.GetProperty("valid").GetBoolean() ? null : report.GetProperty("checks").EnumerateArray().First(check => check.GetProperty("outcome").GetString() == "failed").GetProperty("reason").GetString()!.Replace("-", "", StringComparison.Ordinal);
        }
    }

    [Fact]
    [Clause("6.2.7.9-a")]
    public async Task Lists_come_whole_in_ranges_or_packed_and_old_ones_by_their_number()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        var entries = Enumerable.Range(0, 500).Select(_ => shelf.Certify("甲")).Take(3).ToArray();
        var old = List(shelf, "operational", 1);
        var list = List(shelf, "operational", 2, entries);
        await shelf.TellAsync(shelf.Ca, old);
        // R19: too large for one fact, so in pieces, the last of them twice.
        var half = list.Der.Length / 2;
        var digest = Convert.ToHexStringLower(Crypto.Sm3.HashData(list.Der));
        await shelf.TellAsync(shelf.Ca, new CrlPiece(digest, 0, 0, list.Der[..half]));
        await shelf.TellAsync(shelf.Ca, new CrlPiece(digest, 1, half, list.Der[half..]));
        await shelf.TellAsync(shelf.Ca, new CrlPiece(digest, 1, half, list.Der[half..]));
        await shelf.TellAsync(shelf.Ca, list with { Der = [], File = new CrlFile(list.Der.Length, digest, 2) });

        Assert.Equal(list.Der, await shelf.GetAsync("/crl/operational.crl"));
        Assert.Equal(old.Der, await shelf.GetAsync("/crl/operational/1.crl"));
        using var packed = new HttpRequestMessage(HttpMethod.Get, "/crl/operational/1.crl");
        packed.Headers.AcceptEncoding.ParseAdd("gzip");
        using var answer = await shelf.Client.SendAsync(packed, Ct);
        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        using var gzip = new System.IO.Compression.GZipStream(await answer.Content.ReadAsStreamAsync(Ct), System.IO.Compression.CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        await gzip.CopyToAsync(unpacked, Ct);
        Assert.Equal(old.Der, unpacked.ToArray());

        using var part = new HttpRequestMessage(HttpMethod.Get, "/crl/operational.crl");
        part.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(10, 19);
        using var range = await shelf.Client.SendAsync(part, Ct);
        Assert.Equal(206, (int)range.StatusCode);
        Assert.Equal(list.Der[10..20], await range.Content.ReadAsByteArrayAsync(Ct));

        using var same = new HttpRequestMessage(HttpMethod.Get, "/crl/operational.crl");
        same.Headers.TryAddWithoutValidation("If-None-Match", "\"operational-2\"");
        using var unchanged = await shelf.Client.SendAsync(same, Ct);
        Assert.Equal(304, (int)unchanged.StatusCode);
    }

    [Fact]
    public async Task The_practice_statement_is_given_out_and_nothing_beside_it()
    {
        await using var shelf = await PublicShelf.OpenAsync();
        var folder = Directory.CreateDirectory(Path.Combine(shelf.Room.Context.DataDirectory, "documents")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "cps.md"), "# 电子认证业务规则", Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "secret.key"), "x", Ct);
        Assert.Equal(["cps.md"], (await shelf.Client.GetFromJsonAsync<string[]>("/repository/documents", Ct))!);
        Assert.Equal("# 电子认证业务规则", System.Text.Encoding.UTF8.GetString((await shelf.GetAsync("/repository/documents/cps.md"))!));
        Assert.Null(await shelf.GetAsync("/repository/documents/secret.key"));
        Assert.Null(await shelf.GetAsync("/repository/documents/..%2Fdevice.pin"));
    }

    private static CrlIssued List(PublicShelf shelf, string ca, long number, params Certificate[] revoked)
    {
        var now = shelf.Clock.GetUtcNow();
        var from = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var issuer = ca == "root" ? shelf.Authority.Root : shelf.Authority.Ca;
        var crl = CertificateRevocationList.Sign(
            new RevocationListHeader { Issuer = issuer.Subject, ThisUpdate = from, NextUpdate = from.AddHours(36), Number = number, AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(issuer) },
            [.. revoked.Select(certificate => new RevokedEntry(certificate.SerialNumber, from, Pki.RevocationReason.KeyCompromise))],
            ca == "root" ? shelf.Authority.RootKey : shelf.Authority.CaKey);
        return new CrlIssued(ca, number, from, from.AddHours(36), crl.Encode());
    }

    private static async Task<(JsonElement Report, byte[]? Signed)> VerifyAsync(PublicShelf shelf, object request)
    {
        using var response = await shelf.Site.PostAsync("/api/verify", request);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return (answer.GetProperty("report"), answer.TryGetProperty("signedReport", out var signed) ? signed.GetBytesFromBase64() : null);
    }
}
