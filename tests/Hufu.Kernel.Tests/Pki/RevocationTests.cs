using System.Buffers;
using System.Numerics;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class RevocationTests
{
    private static readonly TestPki s_pki = TestPki.Instance;

    internal static RevocationListHeader Header(BigInteger number) => new()
    {
        Issuer = s_pki.Ca.Subject,
        ThisUpdate = TestPki.Now,
        NextUpdate = TestPki.Now.AddHours(24),
        Number = number,
        AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(s_pki.Ca),
    };

    private static RevokedEntry[] Entries() =>
    [
        new(SerialNumber.FromInt64(0x80), TestPki.Now, RevocationReason.KeyCompromise, TestPki.Now.AddDays(-3)),
        new(s_pki.Signing.SerialNumber, TestPki.Now, RevocationReason.CertificateHold),
        new(SerialNumber.FromInt64(2), TestPki.Now, RevocationReason.Unspecified),
        new(SerialNumber.FromInt64(3), new DateTimeOffset(2050, 1, 1, 0, 0, 0, TimeSpan.Zero), null, TestPki.Now),
    ];

    [Fact]
    public void A_list_is_read_back_entry_by_entry_and_OpenSSL_verifies_its_signature()
    {
        CertificateRevocationList list = CertificateRevocationList.Decode(CertificateRevocationList.Sign(Header(255), Entries(), s_pki.CaKey).Encode());
        Assert.Equal(2, list.Version);
        Assert.Equal(255, list.Number);
        Assert.Equal(TestPki.Now.AddHours(24), list.NextUpdate);
        Assert.Equal(4, list.Count);
        Assert.False(list.HasUnknownCriticalExtension);
        Assert.Equal(s_pki.Ca.SubjectKeyIdentifier!.Value.ToArray(), list.AuthorityKeyIdentifier!.KeyIdentifier!.Value.ToArray());
        RevokedEntry[] expected = Entries();
        expected[2] = expected[2] with { Reason = null }; // unspecified is not written
        Assert.Equal(expected, list.Entries);
        Assert.Equal(RevocationReason.CertificateHold, list.Find(s_pki.Signing.SerialNumber)!.Value.Reason);
        Assert.Null(list.Find(s_pki.Encryption.SerialNumber));
        Assert.True(list.IsSignedBy(s_pki.Ca));
        Assert.False(list.IsSignedBy(s_pki.Root));
        using OpenSsl openssl = new();
        Assert.Contains("Verified OK", openssl.VerifyTbs(list.TbsData.Span, list.Signature.Span, s_pki.Ca.PublicKey));
        openssl.Write("l.crl", list.RawData.Span);
        string text = openssl.Run("crl", "-inform", "DER", "-in", "l.crl", "-noout", "-text").Output;
        Assert.Contains("X509v3 CRL Number", text);
        Assert.Contains("Key Compromise", text);
        Assert.Contains("Invalidity Date", text);
    }

    [Fact]
    public void An_empty_list_has_no_sequence_of_entries()
    {
        CertificateRevocationList list = CertificateRevocationList.Sign(Header(0), [], s_pki.CaKey);
        Assert.Equal(0, list.Count);
        Assert.Empty(list.Entries);
        Assert.Null(list.Find(SerialNumber.FromInt64(0)));
        using MemoryStream stream = new();
        (long entries, long bytes) = RevocationListWriter.Write(stream, Header(0), [], s_pki.CaKey);
        Assert.Equal((0, stream.Length), (entries, bytes));
        Assert.Equal(list.TbsData.ToArray(), CertificateRevocationList.Decode(stream.ToArray()).TbsData.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    public void A_streamed_list_is_the_same_as_one_in_memory(int count)
    {
        RevokedEntry[] entries = [.. Enumerable.Range(1, count).Select(i => new RevokedEntry(SerialNumber.FromInt64(i), TestPki.Now.AddSeconds(-i), (i % 3) switch { 0 => RevocationReason.Superseded, 1 => null, _ => RevocationReason.KeyCompromise }))];
        ArrayBufferWriter<byte> buffer = new();
        (long written, long bytes) = RevocationListWriter.Write(buffer, Header(7), entries, s_pki.CaKey);
        Assert.Equal((count, buffer.WrittenCount), (written, bytes));
        CertificateRevocationList list = CertificateRevocationList.Decode(buffer.WrittenMemory);
        Assert.True(list.IsSignedBy(s_pki.Ca));
        Assert.Equal(entries, list.Entries);
        Assert.Equal(CertificateRevocationList.Sign(Header(7), entries, s_pki.CaKey).TbsData.ToArray(), list.TbsData.ToArray());
    }

    [Fact]
    public void R19_writing_a_list_keeps_no_entry_in_memory()
    {
        const int Count = 200_000;
        static IEnumerable<RevokedEntry> Stream()
        {
            byte[] serial = new byte[20];
            for (int i = 0; i < Count; i++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(serial, i | 0x01000000);
                yield return new RevokedEntry(SerialNumber.FromBytes(serial), TestPki.Now, RevocationReason.KeyCompromise);
            }
        }

        long largest = 0;
        Counting sink = new(n => largest = Math.Max(largest, n));
        (long entries, long bytes) = RevocationListWriter.Write(sink, Header(1), Stream(), s_pki.CaKey);
        Assert.Equal(Count, entries);
        Assert.Equal(sink.Length, bytes);
        Assert.InRange(largest, 1, 64 * 1024 + 512);
    }

    [Fact]
    public void Entries_that_change_between_the_passes_spoil_the_list()
    {
        int pass = 0;
        IEnumerable<RevokedEntry> Changing()
        {
            pass++;
            yield return new RevokedEntry(SerialNumber.FromInt64(1), TestPki.Now);
            if (pass > 1)
            {
                yield return new RevokedEntry(SerialNumber.FromInt64(2), TestPki.Now);
            }
        }

        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => RevocationListWriter.Write(Stream.Null, Header(1), Changing(), s_pki.CaKey)).Error);
    }

    [Fact]
    public void Distribution_point_and_delta_base_are_critical_and_read_back()
    {
        RevocationListHeader header = Header(9) with
        {
            IssuingDistributionPoint = new IssuingDistributionPoint([GeneralName.Uri("http://crl.example.cn/1.crl")], RevocationListScope.UserCertificates),
            DeltaBase = 8,
        };
        CertificateRevocationList list = CertificateRevocationList.Sign(header, [], s_pki.CaKey);
        Assert.Equal(8, list.DeltaBase);
        Assert.Equal(RevocationListScope.UserCertificates, list.IssuingDistributionPoint!.Scope);
        Assert.Equal("http://crl.example.cn/1.crl", Assert.Single(list.IssuingDistributionPoint.Names).Value);
        Assert.Equal(2, list.Extensions.Count(e => e.Critical));
        CertificateRevocationList strange = CertificateRevocationList.Sign(Header(9) with { FurtherExtensions = [new CertificateExtension("1.2.3.4", true, new byte[] { 5, 0 })] }, [], s_pki.CaKey);
        Assert.True(strange.HasUnknownCriticalExtension);
    }

    [Theory]
    [InlineData(Oids.Sm3)]
    [InlineData(Oids.Sha1)]
    [InlineData(Oids.Sha256)]
    public void An_OCSP_request_asks_and_the_answer_echoes_it(string hash)
    {
        OcspCertId id = OcspCertId.Create(s_pki.Ca, s_pki.Signing.SerialNumber, hash);
        OcspCertId second = OcspCertId.Create(s_pki.Ca, s_pki.Encryption.SerialNumber, hash);
        OcspRequest request = OcspRequest.Decode(OcspRequest.Create([id, second], "nonce"u8.ToArray()).Encode());
        Assert.Equal([id, second], request.CertIds);
        Assert.True(request.CertIds[0].IsOf(s_pki.Ca));
        Assert.False(request.CertIds[0].IsOf(s_pki.Root));
        OcspResponse response = OcspResponse.Decode(OcspResponse.Sign(
            [
                new OcspSingleResponse(request.CertIds[0], OcspCertificateStatus.Revoked, TestPki.Now, TestPki.Now.AddHours(1), TestPki.Now.AddDays(-1), RevocationReason.CessationOfOperation),
                new OcspSingleResponse(request.CertIds[1], OcspCertificateStatus.Good, TestPki.Now, null),
            ],
            TestPki.Now, request.Nonce, s_pki.OcspKey, s_pki.Ocsp).Encode());
        Assert.Equal("nonce"u8.ToArray(), response.Nonce!.Value.ToArray());
        Assert.Equal(s_pki.Ocsp, Assert.Single(response.Certificates));
        Assert.True(response.IsSignedBy(s_pki.Ocsp));
        Assert.False(response.IsSignedBy(s_pki.Ca));
        OcspSingleResponse revoked = response.Find(s_pki.Ca, s_pki.Signing.SerialNumber)!;
        Assert.Equal((OcspCertificateStatus.Revoked, RevocationReason.CessationOfOperation, TestPki.Now.AddDays(-1)), (revoked.Status, revoked.Reason, revoked.RevocationTime));
        Assert.Equal(id.RawData.ToArray(), revoked.CertId.RawData.ToArray());
        Assert.Equal(OcspCertificateStatus.Good, response.Find(s_pki.Ca, s_pki.Encryption.SerialNumber)!.Status);
        Assert.Null(response.Find(s_pki.Ca, SerialNumber.FromInt64(1)));

        using OpenSsl openssl = new();
        Assert.Contains("Verified OK", openssl.VerifyTbs(response.TbsData.Span, response.Signature.Span, s_pki.Ocsp.PublicKey));
        openssl.Write("r.der", response.RawData.Span);
        string text = openssl.Run("ocsp", "-respin", "r.der", "-resp_text", "-noverify").Output;
        Assert.Contains("Cert Status: revoked", text);
        Assert.Contains("Cert Status: good", text);
    }

    [Theory]
    [InlineData("-sm3", Oids.Sm3)]
    [InlineData("-sha1", Oids.Sha1)]
    public void A_request_of_OpenSSL_is_understood(string option, string hash)
    {
        using OpenSsl openssl = new();
        openssl.Write("ca.pem", System.Text.Encoding.ASCII.GetBytes(s_pki.Ca.ToPem()));
        openssl.Write("u.pem", System.Text.Encoding.ASCII.GetBytes(s_pki.Signing.ToPem()));
        Assert.Equal(0, openssl.Run("ocsp", option, "-issuer", "ca.pem", "-cert", "u.pem", "-reqout", "q.der").Code);
        OcspRequest request = OcspRequest.Decode(openssl.Read("q.der"));
        OcspCertId id = Assert.Single(request.CertIds);
        Assert.Equal(hash, id.HashAlgorithm.Oid);
        Assert.True(id.IsOf(s_pki.Ca));
        Assert.Equal(s_pki.Signing.SerialNumber, id.SerialNumber);
        Assert.NotNull(request.Nonce);
    }

    [Fact]
    public void Failures_are_five_bytes_without_an_answer()
    {
        OcspResponse failure = OcspResponse.Decode(OcspResponse.Failure(OcspResponseStatus.TryLater).Encode());
        Assert.Equal("30030A0103", Convert.ToHexString(failure.RawData.Span));
        Assert.Equal(OcspResponseStatus.TryLater, failure.Status);
        Assert.False(failure.IsSignedBy(s_pki.Ocsp));
        Assert.Throws<PkiException>(() => OcspResponse.Decode(Convert.FromHexString("30030A0100")));
    }

    private sealed class Counting(Action<int> seen) : MemoryStream
    {
        private long _length;

        public override long Length => _length;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            seen(buffer.Length);
            _length += buffer.Length;
        }
    }
}
