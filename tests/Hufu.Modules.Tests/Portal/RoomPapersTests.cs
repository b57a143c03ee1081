using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Portal.Desk;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Portal;

/// <summary>What another room's files say before somebody signs for them: whole or why not, whatever stands in them.</summary>
public sealed class RoomPapersTests
{
    [Theory]
    [InlineData("not a certificate")]
    [InlineData("{\"peer\":{\"signingCertificate\":\"AAAA\"}}")]
    [InlineData("{\"peer\":{\"signingCertificate\":7}}")]
    [InlineData("{\"chain\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}")]
    [InlineData("{")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Rubbish_is_refused_in_words(string text)
    {
        Assert.Equal(RefusalCode.Malformed, Assert.Throws<RefusedException>(() => RoomPapers.OfCertificates([Encoding.UTF8.GetBytes(text)], DateTimeOffset.UnixEpoch)).Refusal.Code);
        Assert.Equal(RefusalCode.Malformed, Assert.Throws<RefusedException>(() => RoomPapers.OfCertificates([], DateTimeOffset.UnixEpoch)).Refusal.Code);
        Assert.Equal(RefusalCode.Malformed, Assert.Throws<RefusedException>(() => RoomPapers.OfCertificates([.. Enumerable.Repeat(Encoding.UTF8.GetBytes("{}"), 21)], DateTimeOffset.UnixEpoch)).Refusal.Code);
    }

    [Fact]
    public void An_empty_object_lacks_its_signing_certificate_and_its_requests()
    {
        Assert.Equal(["roomsNoSigning"], RoomPapers.OfCertificates(["{}"u8.ToArray()], DateTimeOffset.UnixEpoch).Troubles);
        Assert.Equal(["roomsNoRequests"], RoomPapers.OfRequests(["{}"u8.ToArray()]).Troubles);
    }

    [Fact]
    public void Requests_show_their_keys_and_one_that_proves_nothing_is_said()
    {
        using var key = Sm2KeyPair.Generate();
        var request = CertificationRequest.Create(TestAuthority.Name("x"), key).Encode();
        var papers = RoomPapers.OfRequests([JsonSerializer.SerializeToUtf8Bytes(new IdentityRequests(request, null, request), ContractJson.Options)]);
        Assert.Empty(papers.Troubles);
        Assert.Equal(["requests.signing", "requests.audit"], papers.Papers.Select(paper => paper.Place));
        Assert.All(papers.Papers, paper => Assert.Equal(ActStatement.Digest(key.PublicKey.Encode()), paper.Digest));
        var signer = RoomPapers.OfRequests([JsonSerializer.SerializeToUtf8Bytes(new StatusSignerRegistration("transport", "OCSP", request), ContractJson.Options)]);
        Assert.Empty(signer.Troubles);
        Assert.Equal("request", Assert.Single(signer.Papers).Place);
        request[^1] ^= 1;
        Assert.Equal(["roomsNotProven"], RoomPapers.OfRequests([JsonSerializer.SerializeToUtf8Bytes(new IdentityRequests(request, null, request), ContractJson.Options)]).Troubles);
    }
}
