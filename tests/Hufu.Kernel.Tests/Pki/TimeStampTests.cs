using System.Numerics;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class TimeStampTests
{
    private static readonly TestPki s_pki = TestPki.Instance;
    private static readonly byte[] s_data = "data"u8.ToArray();

    internal static TstInfo Info(byte[] data) => new()
    {
        Policy = "1.2.156.112600.2.1",
        Imprint = MessageImprint.OfData(data),
        SerialNumber = SerialNumber.FromInt64(0x90),
        Time = TestPki.Now.AddMilliseconds(120),
        Accuracy = TimeSpan.FromMilliseconds(1500),
        Nonce = new BigInteger(-5),
        Authority = GeneralName.Directory(s_pki.Tsa.Subject),
    };

    internal static TimeStampToken Token(byte[] data, MessageSyntax syntax) => TimeStampToken.Sign(Info(data), s_pki.TsaKey, s_pki.Tsa, syntax, [s_pki.Tsa]);

    [Fact]
    public void A_statement_is_read_back_field_by_field()
    {
        TstInfo info = Info(s_data);
        Assert.Equal(info, TstInfo.Decode(info.Encode()));
        TstInfo small = info with { Accuracy = null, Nonce = null, Authority = null, Ordering = true, Time = TestPki.Now };
        Assert.Equal(small, TstInfo.Decode(small.Encode()));
    }

    [Theory]
    [InlineData(MessageSyntax.Gm)]
    [InlineData(MessageSyntax.Cms)]
    public void A_token_answers_its_request_and_no_other(MessageSyntax syntax)
    {
        TimeStampRequest request = TimeStampRequest.Decode(TimeStampRequest.Create(MessageImprint.OfData(s_data), -5, certificateRequested: true).Encode());
        Assert.True(request.CertificateRequested);
        TimeStampResponse response = TimeStampResponse.Decode(TimeStampResponse.Grant(Token(s_data, syntax)).Encode());
        TimeStampToken token = response.Token!;
        Assert.Equal(syntax, token.Message.Syntax);
        Assert.Equal(Oids.TstInfo, token.Message.ContentType);
        Assert.Equal(TimeStampVerdict.Valid, token.Verify(request, []));
        Assert.Equal(TimeStampVerdict.Valid, token.Verify(s_data, []));
        Assert.Equal(TimeStampVerdict.WrongImprint, token.Verify("other"u8, []));
        Assert.Equal(TimeStampVerdict.WrongRequest, token.Verify(TimeStampRequest.Create(request.Imprint, 6, true), []));
        Assert.Equal(TimeStampVerdict.WrongRequest, token.Verify(TimeStampRequest.Create(request.Imprint, -5, true, "1.2.3"), []));
        Assert.True(SigningCertificateV2.Names(token.Signer, s_pki.Tsa));
        Assert.False(SigningCertificateV2.Names(token.Signer, s_pki.Ocsp));

        using OpenSsl openssl = new();
        openssl.Write("r.tsr", response.RawData.Span);
        string text = openssl.Run("ts", "-reply", "-in", "r.tsr", "-text").Output;
        if (syntax == MessageSyntax.Cms)
        {
            Assert.Contains("Status: Granted", text);
            Assert.Contains("Serial number: 0x90", text);
        }
    }

    [Fact]
    public void A_request_of_OpenSSL_is_understood()
    {
        using OpenSsl openssl = new();
        openssl.Write("f", s_data);
        Assert.Equal(0, openssl.Run("ts", "-query", "-data", "f", "-sm3", "-cert", "-out", "q.tsq").Code);
        TimeStampRequest request = TimeStampRequest.Decode(openssl.Read("q.tsq"));
        Assert.True(request.Imprint.IsOf(s_data));
        Assert.True(request.CertificateRequested);
        Assert.NotNull(request.Nonce);
    }

    [Fact]
    public void A_token_by_a_certificate_that_is_not_for_time_stamping_is_refused()
    {
        TimeStampToken token = TimeStampToken.Sign(Info(s_data), s_pki.SigningKey, s_pki.Signing, MessageSyntax.Gm, [s_pki.Signing]);
        Assert.Equal(TimeStampVerdict.WrongPurpose, token.Verify(s_data, []));
        TimeStampToken without = TimeStampToken.Sign(Info(s_data), s_pki.TsaKey, s_pki.Tsa, MessageSyntax.Gm, []);
        Assert.Equal(TimeStampVerdict.NoCertificate, without.Verify(s_data, []));
        Assert.Equal(TimeStampVerdict.Valid, without.Verify(s_data, [s_pki.Tsa]));
    }

    [Fact]
    public void A_refusal_says_why()
    {
        TimeStampResponse refusal = TimeStampResponse.Decode(TimeStampResponse.Reject(TimeStampFailure.UnacceptedExtension, "不支持的扩展").Encode());
        Assert.Equal((TimeStampStatus.Rejection, TimeStampFailure.UnacceptedExtension, "不支持的扩展"), (refusal.Status, refusal.Failure, refusal.Text));
        Assert.Null(refusal.Token);
        using OpenSsl openssl = new();
        openssl.Write("r.tsr", refusal.RawData.Span);
        Assert.Contains("extension", openssl.Run("ts", "-reply", "-in", "r.tsr", "-text").Output);
    }
}
