using Hufu.Modules.Tests.Tsa;
using Hufu.Ocsp;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>R18: a renewed certificate signs from the moment when it is installed; nothing is started again.</summary>
public sealed class SignerRenewalTests
{
    [Fact]
    public async Task R18_answers_come_from_the_new_certificate_those_signed_ahead_too()
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { SignAhead = [Oids.Sm3] });
        var known = await place.IssueAsync("甲");
        var before = place.Responder;
        var renewed = place.Ca.Authority.Issue("OCSP", before.PublicKey, KeyUsages.DigitalSignature, null, new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(critical: false));
        Install(place.Room, renewed, place.Ca.Authority.Chain);
        for (var i = 0; i < 2; i++)
        {
            var answer = await place.AskAboutAsync(known.SerialNumber);
            Assert.Equal(OcspCertificateStatus.Good, answer.Responses.Single().Status);
            Assert.Contains(answer.Certificates, certificate => certificate.Equals(renewed));
            Assert.DoesNotContain(answer.Certificates, certificate => certificate.Equals(before));
            Assert.True(answer.IsSignedBy(renewed));
        }
    }

    [Fact]
    public async Task R18_tokens_name_the_new_certificate()
    {
        await using var place = await TsaPlace.OpenAsync();
        var before = place.Certificate;
        var request = TimeStampRequest.Create(MessageImprint.OfData([1]), null, true);
        Assert.Equal(TimeStampVerdict.Valid, (await place.AskAsync(request.Encode())).Token!.Verify(request, []));
        var renewed = place.Room.Authority.Issue("TSA", before.PublicKey, KeyUsages.DigitalSignature | KeyUsages.NonRepudiation, null, new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(critical: true));
        Install(place.Room, renewed, place.Room.Authority.Chain);
        var token = (await place.AskAsync(request.Encode())).Token!;
        Assert.Equal(TimeStampVerdict.Valid, token.Verify(request, []));
        Assert.Equal([renewed], token.Message.Certificates);
    }

    private static void Install(Testing.TestRoom room, Certificate signing, IReadOnlyList<Certificate> chain) =>
        room.Context.Identity.Install(signing, null, room.Context.Identity.AuditCertificate!, chain, room.Clock.GetUtcNow());
}
