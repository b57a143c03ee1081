using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Pki.Linting;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>Every door for foreign bytes: changed bytes end in a value or in a PkiException, never in anything else.</summary>
public class HostileBytesTests
{
    private const int Mutations = 2_000;
    private static readonly TestPki s_pki = TestPki.Instance;

    private static readonly Dictionary<string, (Func<byte[]> Good, Action<byte[]> Read)> s_doors = new()
    {
        ["certificate"] = (() => Rich().Encode(), b =>
        {
            Certificate c = Certificate.Decode(b);
            _ = (c.ToPem(), c.Sm3Digest, c.PublicKey.Sm2, c.Issuer.Equals(c.Subject), c.ToString());
            ReadExtensions(c);
            Linter.LintCertificate(b, CertificateKind.EndEntity, s_pki.Ca);
        }),
        ["tbs"] = (() => Rich().TbsData.ToArray(), b =>
        {
            Linter.LintTbs(b, CertificateKind.EndEntity, s_pki.Ca);
            TbsCertificate.Decode(b);
        }),
        ["key"] = (() => s_pki.SigningKey.PublicKey.Encode(), b => _ = SubjectPublicKeyInfo.Decode(b).Sm2),
        ["explicit key"] = (ExplicitKey, b => _ = SubjectPublicKeyInfo.Decode(b).Sm2),
        ["name"] = (() => s_pki.Signing.Subject.RawData.ToArray(), b => _ = DistinguishedName.Decode(b).GetHashCode()),
        ["algorithm"] = (() => AlgorithmIdentifier.Sm4Cbc(new byte[16]).RawData.ToArray(), b => AlgorithmIdentifier.Decode(b)),
        ["request"] = (
            () => CertificationRequest.Create(s_pki.Signing.Subject, s_pki.SigningKey, [new KeyUsageExtension(KeyUsages.Signing).ToExtension()], "secret").Encode(),
            b => CertificationRequest.Decode(b).CheckPossession()),
        ["cipher"] = (() => Sm2Cipher.Encrypt(s_pki.SigningKey.PrivateKey.PublicKey, "hello"u8).Encode(), b => s_pki.SigningKey.Decrypt(Sm2Cipher.Decode(b, Sm2CipherForm.Any).Encode())),
        ["enveloped key"] = (() => Sm2EnvelopedKey.Create(s_pki.SigningKey.PrivateKey.PublicKey, s_pki.EncryptionKey.PrivateKey).Encode(), b => Sm2EnvelopedKey.Decode(b).Open(s_pki.SigningKey).Dispose()),
        ["response"] = (
            () => CsrResponse.Create([s_pki.Signing], Sm2EnvelopedKey.Create(s_pki.SigningKey.PrivateKey.PublicKey, s_pki.EncryptionKey.PrivateKey), [s_pki.Encryption]).Encode(),
            b => CsrResponse.Decode(b)),
        ["signed message"] = (() => Signed(MessageSyntax.Gm).WithTimeStamp(0, TimeStampTests.Token([1], MessageSyntax.Gm).RawData).Encode(), b =>
        {
            SignedMessage m = SignedMessage.Decode(b);
            SignedMessageValidator.Validate(m, default, PathValidatorTests.Request(), SignatureTimeSource.TimeStampIfPresent);
            _ = m.Signers.Select(s => (s.Identifier.ToString(), s.FindCertificate(m.Certificates))).ToList();
        }),
        ["bag"] = (() => CertificateBag.Encode([s_pki.Signing, s_pki.Ca], MessageSyntax.Cms), b => CertificateBag.DecodeAny(b)),
        ["enveloped message"] = (() => EnvelopedMessage.Encrypt("hello"u8, [s_pki.Encryption], MessageSyntax.Gm).Encode(), b => EnvelopedMessage.Decode(b).Decrypt(s_pki.EncryptionKey, s_pki.Encryption)),
        ["CA request"] = (() => Gmt0014Tests.Request(Gmt0014Options.Hufu).Encode(), b => CaRequest.Decode(b)),
        ["KM respond"] = (() => Gmt0014Tests.Respond(Gmt0014Tests.Request(Gmt0014Options.Hufu), Gmt0014Options.Hufu).Encode(), b =>
        {
            KmRespond r = KmRespond.Decode(b);
            r.Results.OfType<ApplyKeyResult>().FirstOrDefault()?.Key.ToEnvelopedKey();
        }),
        ["list"] = (
            () => CertificateRevocationList.Sign(
                RevocationTests.Header(5) with { IssuingDistributionPoint = new IssuingDistributionPoint([GeneralName.Uri("http://a/b")], RevocationListScope.All) },
                [new RevokedEntry(SerialNumber.FromInt64(300), TestPki.Now, RevocationReason.KeyCompromise, TestPki.Now), new RevokedEntry(SerialNumber.FromInt64(2), TestPki.Now)],
                s_pki.CaKey).Encode(),
            b =>
            {
                CertificateRevocationList l = CertificateRevocationList.Decode(b);
                Assert.Equal(l.Count, l.Entries.Count());
                l.Find(SerialNumber.FromInt64(300));
            }),
        ["OCSP request"] = (() => OcspRequest.Create([OcspCertId.Create(s_pki.Ca, s_pki.Signing.SerialNumber, Oids.Sm3)], "nonce"u8.ToArray()).Encode(), b => OcspRequest.Decode(b).CertIds[0].IsOf(s_pki.Ca)),
        ["OCSP response"] = (
            () => OcspResponse.Sign(
                [new OcspSingleResponse(OcspCertId.Create(s_pki.Ca, s_pki.Signing.SerialNumber, Oids.Sha1), OcspCertificateStatus.Revoked, TestPki.Now, TestPki.Now, TestPki.Now, RevocationReason.Superseded)],
                TestPki.Now, "nonce"u8.ToArray(), s_pki.OcspKey, s_pki.Ocsp).Encode(),
            b => OcspResponse.Decode(b).Find(s_pki.Ca, s_pki.Signing.SerialNumber)),
        ["time-stamp request"] = (() => TimeStampRequest.Create(MessageImprint.OfData("x"u8), 12345678, true, "1.2.3").Encode(), b => _ = TimeStampRequest.Decode(b).Imprint.IsSupported),
        ["time-stamp response"] = (
            () => TimeStampResponse.Grant(TimeStampTests.Token([1], MessageSyntax.Gm)).Encode(),
            b => _ = TimeStampResponse.Decode(b).Token is { } t && SigningCertificateV2.Names(t.Signer, s_pki.Tsa)),
        ["ceremony's transcript"] = (Transcript, b => CeremonySignature.Verify(b)),
        ["P-256 certificate"] = (P256Certificate, b =>
        {
            Certificate c = Certificate.Decode(b);
            _ = (c.PublicKey.IsOnCurve, c.IsSignedBy(c));
            Linter.LintCertificate(b, null, null);
        }),
        ["PEM"] = (() => System.Text.Encoding.ASCII.GetBytes(s_pki.Signing.ToPem()), b => Certificate.DecodePemOrDer(b)),
    };

    public static TheoryData<string> Doors => [.. s_doors.Keys];

    private static Certificate Rich() => Certificate.Sign(
        TestPki.Tbs("C=CN, O=某单位, CN=张三", s_pki.SigningKey.PublicKey, s_pki.Ca,
        [
            .. TestPki.EndEntity(KeyUsages.Signing),
            new ExtendedKeyUsage([Oids.PurposeClientAuth, Oids.PurposeEmailProtection]).ToExtension(false),
            new SubjectAlternativeName([GeneralName.Dns("a.cn"), GeneralName.Ip(System.Net.IPAddress.Loopback), GeneralName.Directory(s_pki.Ca.Subject), GeneralName.RegisteredId("1.2.3"), GeneralName.Other("1.2.3", new byte[] { 5, 0 })]).ToExtension(false),
            CrlDistributionPoints.FromUris("http://a/b", "ldap://c/d").ToExtension(),
            AuthorityInformationAccess.Create("http://a/o", "http://a/i").ToExtension(),
            new PrivateKeyUsagePeriod(TestPki.Now, TestPki.Now.AddYears(1)).ToExtension(),
            IdentityExtensions.PersonalIdentity(IdentityDocument.ResidentCard, "110101199003070011"),
        ]),
        s_pki.CaKey);

    private static void ReadExtensions(Certificate c)
    {
        foreach (CertificateExtension e in c.Extensions)
        {
            _ = e.Oid switch
            {
                Oids.SubjectAltName => (object)SubjectAlternativeName.Decode(e),
                Oids.CrlDistributionPoints => CrlDistributionPoints.Decode(e).Uris.ToList(),
                Oids.AuthorityInfoAccess => AuthorityInformationAccess.Decode(e).OcspUris.ToList(),
                Oids.CertificatePolicies => CertificatePolicies.Decode(e),
                Oids.PrivateKeyUsagePeriod => PrivateKeyUsagePeriod.Decode(e),
                Oids.IdentifyCode => IdentityExtensions.Read(e),
                _ => e,
            };
        }
    }

    private static byte[] Transcript()
    {
        byte[] challenge = new byte[32];
        CeremonyTranscript transcript = new()
        {
            Id = new string('0', 32), Title = "仪式", TitleEn = "ceremony", Place = "x", ScriptDigest = new string('0', 64), Begun = TestPki.Now, Ended = TestPki.Now,
            People = [new CeremonyPerson("张三", "leader", CeremonyTranscript.Digest(s_pki.Signing.RawData.Span), challenge, s_pki.SigningKey.Sign(CeremonyTranscript.PresenceText(new string('0', 32), new string('0', 64), challenge)))],
            Acts = [new CeremonyAct(1, TestPki.Now, "note", "记", "noted", ["张三"], null)], Keys = [new CeremonyKey("d", "k", new string('0', 64), "archived")], Files = [new CeremonyFile("f", 1, new string('0', 64))],
        };
        byte[] signed = CeremonySignature.Sign(transcript.Encode(), null, s_pki.SigningKey, s_pki.Signing, TestPki.Now).Encode();
        Assert.True(CeremonySignature.Verify(signed).IsValid);
        return signed;
    }

    private static byte[] P256Certificate()
    {
        using EcdsaKeyPair key = EcdsaKeyPair.Generate();
        return Certificate.Sign(TestPki.Tbs("C=CN, CN=x", key.PublicKey, null, TestPki.Authority(null)) with { Signature = key.Algorithm }, key).Encode();
    }

    private static byte[] ExplicitKey()
    {
        using OpenSsl openssl = new();
        openssl.Run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-pkeyopt", "ec_param_enc:explicit", "-out", "k.pem");
        openssl.Run("pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "p.der");
        return openssl.Read("p.der");
    }

    private static SignedMessage Signed(MessageSyntax syntax) => SignedMessage.Sign("hello"u8.ToArray(), s_pki.SigningKey, s_pki.Signing, new SigningOptions
    {
        Syntax = syntax, Placement = ContentPlacement.Attached, Attributes = SignedAttributesMode.Standard, SigningTime = TestPki.Now, Certificates = [s_pki.Signing],
    });

    [Theory]
    [MemberData(nameof(Doors))]
    public void Changed_bytes_are_read_or_refused_and_nothing_else(string door)
    {
        (Func<byte[]> make, Action<byte[]> read) = s_doors[door];
        byte[] good = make();
        read(good);
        ulong seed = 0x9E3779B97F4A7C15;
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = Mutate(good, ref seed);
            try
            {
                read(bytes);
            }
            catch (PkiException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Mutation {i} of the {door} ended in {e.GetType().Name}: {e.Message}\n{e.StackTrace}\n{Convert.ToHexString(bytes)}");
            }
        }

        Assert.InRange(refused, 1, Mutations);
    }

    // What a few thousand bytes may cost: twenty times what the dearest door needs for honest ones.
    [Theory]
    [MemberData(nameof(Doors))]
    public void Changed_bytes_cost_bounded_time_and_memory(string door)
    {
        (Func<byte[]> make, Action<byte[]> read) = s_doors[door];
        byte[] good = make();
        read(good);
        ulong seed = 0x2545F4914F6CDD1D;
        for (int i = 0; i < Mutations / 10; i++)
        {
            byte[] bytes = Mutate(good, ref seed);
            long before = GC.GetAllocatedBytesForCurrentThread();
            System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();
            try
            {
                read(bytes);
            }
            catch (PkiException)
            {
                // refused: that is one of the two answers
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
            Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
        }
    }

    private static byte[] Mutate(byte[] good, ref ulong seed)
    {
        List<byte> bytes = [.. good];
        for (int changes = 1 + (int)(Next(ref seed) % 3); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = (int)(Next(ref seed) % (ulong)bytes.Count);
            switch (Next(ref seed) % 8)
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + (int)(Next(ref seed) % 9)));
                    break;
                case 1:
                    bytes.Insert(at, (byte)Next(ref seed));
                    break;
                case 2:
                    bytes[at] = (byte)((Next(ref seed) % 5) switch { 0 => 0, 1 => 0xFF, 2 => 0x80, 3 => 0x30, _ => 0x84 });
                    break;
                case 3:
                    bytes[at]++;
                    break;
                case 4:
                    bytes[at]--;
                    break;
                default:
                    bytes[at] ^= (byte)(1 << (int)(Next(ref seed) % 8));
                    break;
            }
        }

        return [.. bytes];
    }

    // xorshift64: the same mutations in every run.
    private static ulong Next(ref ulong seed)
    {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        return seed >> 11;
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public void Bytes_after_the_end_and_a_cut_end_are_refused(string door)
    {
        (Func<byte[]> make, Action<byte[]> read) = s_doors[door];
        byte[] good = make();
        if (door != "PEM")
        {
            Assert.Throws<PkiException>(() => read([.. good, 0]));
        }

        Assert.Throws<PkiException>(() => read(good[..^(door == "PEM" ? 40 : 1)]));
        Assert.Throws<PkiException>(() => read([]));
    }

    [Fact]
    public void Depth_and_number_of_elements_are_limited()
    {
        byte[] nested = [5, 0];
        for (int i = 0; i < PkiLimits.Depth + 1; i++)
        {
            nested = DerWriting.Retag(0x30, nested);
        }

        Assert.Equal(PkiError.TooLarge, Assert.Throws<PkiException>(() => Certificate.Decode(nested)).Error);
        byte[] many = DerWriting.Retag(0x30, Enumerable.Repeat(new byte[] { 5, 0 }, PkiLimits.Elements + 1).SelectMany(b => b).ToArray());
        Assert.Equal(PkiError.TooLarge, Assert.Throws<PkiException>(() => SignedMessage.Decode(many)).Error);
        Assert.Equal(PkiError.TooLarge, Assert.Throws<PkiException>(() => Certificate.Decode(new byte[PkiLimits.CertificateSize + 1])).Error);
    }

    [Theory]
    [InlineData("3080 0000")] // indefinite
    [InlineData("30 8105 0403020100")] // length not minimal
    [InlineData("30 84FFFFFFFF 00")] // beyond four gigabytes
    [InlineData("30 03 020100 00")] // after the end
    [InlineData("30 04 02020001")] // integer not minimal
    [InlineData("24 04 04020001")] // constructed OCTET STRING
    [InlineData("1F8101 00")] // high tag number
    public void Encodings_that_are_not_DER_are_refused(string hex) =>
        Assert.Equal(PkiError.Malformed, Assert.Throws<PkiException>(() => Certificate.Decode(Convert.FromHexString(hex.Replace(" ", "")))).Error);
}
