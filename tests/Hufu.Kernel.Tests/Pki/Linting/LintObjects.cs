using System.Formats.Asn1;
using System.Text;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>Certificates, lists and requests to lint, right ones and the means to make them wrong, by DER where the API refuses.</summary>
internal static class LintObjects
{
    internal static readonly TestPki Ours = TestPki.Instance;

    internal static TbsCertificate Leaf(params CertificateExtension[] more) => TestPki.Tbs("C=CN, ST=北京, O=某单位, CN=张三", Ours.SigningKey.PublicKey, Ours.Ca,
        [.. TestPki.EndEntity(KeyUsages.Signing), .. Addresses(), IdentityExtensions.Number(Oids.OrganizationCode, "91350100M000100Y43"), .. more]);

    internal static TbsCertificate Responder() => TestPki.Tbs("C=CN, O=某单位, CN=OCSP", Ours.OcspKey.PublicKey, Ours.Ca,
        [new KeyUsageExtension(KeyUsages.DigitalSignature).ToExtension(), new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(false), OcspNoCheck.ToExtension()]) with
    { NotAfter = TestPki.Now.AddMonths(12) };

    internal static TbsCertificate Stamper() => TestPki.Tbs("C=CN, O=某单位, CN=TSA", Ours.TsaKey.PublicKey, Ours.Ca,
        [new KeyUsageExtension(KeyUsages.Signing).ToExtension(), new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(true), .. Addresses()]);

    internal static TbsCertificate Server(KeyUsages usage, string purpose = Oids.PurposeServerAuth) => With(Purposes(Leaf(Hosts("www.gov.cn")), purpose), new KeyUsageExtension(usage).ToExtension());

    internal static TbsCertificate Authority() => TestPki.Tbs("C=CN, O=虎符测试, CN=CA", Ours.CaKey.PublicKey, Ours.Root, [.. TestPki.Authority(0), CrlDistributionPoints.FromUris("http://crl.gov.cn/r.crl").ToExtension()]);

    internal static CertificateExtension[] Addresses() =>
        [CrlDistributionPoints.FromUris("http://crl.gov.cn/1.crl").ToExtension(), AuthorityInformationAccess.Create("http://ocsp.gov.cn/", "http://ca.gov.cn/ca.cer").ToExtension()];

    internal static CertificateExtension Hosts(params string[] hosts) => new SubjectAlternativeName([.. hosts.Select(GeneralName.Dns)]).ToExtension(false);

    internal static TbsCertificate Purposes(TbsCertificate tbs, params string[] purposes) => With(tbs, new ExtendedKeyUsage(purposes).ToExtension(false));

    internal static TbsCertificate Usage(TbsCertificate tbs, KeyUsages usage) => With(tbs, new KeyUsageExtension(usage).ToExtension());

    internal static TbsCertificate Without(TbsCertificate tbs, params string[] oids) => tbs with { Extensions = [.. tbs.Extensions.Where(e => !oids.Contains(e.Oid))] };

    internal static TbsCertificate With(TbsCertificate tbs, CertificateExtension extension) => tbs with { Extensions = [.. Without(tbs, extension.Oid).Extensions, extension] };

    internal static TbsCertificate Flip(TbsCertificate tbs, string oid) => With(tbs, Flip(tbs.FindExtension(oid)!));

    internal static CertificateExtension Flip(CertificateExtension extension) => extension with { Critical = !extension.Critical };

    internal static CertificateExtension Raw(string oid, bool critical, params byte[] value) => new(oid, critical, value);

    /// <summary>A subjectAltName of one name by its DER.</summary>
    internal static CertificateExtension RawName(byte tag, byte[] content) => new(Oids.SubjectAltName, false, (byte[])[0x30, (byte)(content.Length + 2), tag, (byte)content.Length, .. content]);

    internal static TbsCertificate Named(params (string Oid, string Value)[] attributes) => Leaf() with { Subject = DistinguishedName.Create(attributes) };

    /// <summary>A name by string types and octets; each inner array is a relative name.</summary>
    internal static DistinguishedName RawNames(params (string Oid, byte Tag, string Text)[][] relativeNames) => DistinguishedName.Decode(DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            foreach ((string Oid, byte Tag, string Text)[] relative in relativeNames)
            {
                byte[] content = [.. relative.SelectMany(a => DerWriting.Encode(pair =>
                {
                    using (pair.PushSequence())
                    {
                        pair.WriteObjectIdentifier(a.Oid);
                        pair.WriteRaw(DerWriting.Retag(a.Tag, a.Tag == DerTag.BmpString ? Encoding.BigEndianUnicode.GetBytes(a.Text) : Encoding.UTF8.GetBytes(a.Text)));
                    }
                }))];
                w.WriteRaw(DerWriting.Retag(DerTag.Set, content)); // as given: DER would sort it
            }
        }
    }));

    internal static DistinguishedName OneName(string oid, byte tag, string text) => RawNames([(Oids.Country, DerTag.PrintableString, "CN")], [(oid, tag, text)]);

    internal static SubjectPublicKeyInfo Spki(AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> bits) => SubjectPublicKeyInfo.Decode(DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            algorithm.Write(w);
            w.WriteBitString(bits.Span);
        }
    }));

    internal static AlgorithmIdentifier Curve(string curve) => AlgorithmIdentifier.Create(Oids.EcPublicKey, DerWriting.Encode(w => w.WriteObjectIdentifier(curve)));

    internal static ReadOnlyMemory<byte> Point(byte first, int size)
    {
        byte[] point = Ours.SigningKey.PublicKey.PublicKey[..size].ToArray();
        point[0] = first;
        return point;
    }

    /// <summary>The key with its last byte changed: off the curve.</summary>
    internal static SubjectPublicKeyInfo OffCurve()
    {
        byte[] point = Ours.SigningKey.PublicKey.PublicKey.ToArray();
        point[^1] ^= 1;
        return Spki(Curve(Oids.Sm2), point);
    }

    internal static LintCase Cert(TbsCertificate tbs, LintProfile? profile = null) => new(LintTargets.Certificate, tbs.Encode(), CertificateKind.EndEntity, Ours.Ca, profile);

    internal static LintCase Cert(byte[] tbs) => new(LintTargets.Certificate, tbs, CertificateKind.EndEntity, Ours.Ca);

    internal static LintCase Ca(TbsCertificate tbs, LintProfile? profile = null, Certificate? issuer = null) => new(LintTargets.Certificate, tbs.Encode(), CertificateKind.Authority, issuer ?? Ours.Root, profile);

    internal static LintCase Root(TbsCertificate tbs) => new(LintTargets.Certificate, tbs.Encode(), CertificateKind.Root);

    internal static LintCase Signed(TbsCertificate tbs, byte[]? signature = null, AlgorithmIdentifier? outer = null)
    {
        byte[] bytes = tbs.Encode();
        return new(LintTargets.Certificate, SignedStructure.Assemble(bytes, outer ?? tbs.Signature, signature ?? Ours.CaKey.Sign(bytes)), CertificateKind.EndEntity, Ours.Ca, Whole: true);
    }

    /// <summary>Copies the fields of a TBSCertificate and lets one be written in another way; 0 is the version.</summary>
    internal static byte[] Rewrite(byte[] tbs, int field, Action<AsnWriter, ReadOnlyMemory<byte>> write)
    {
        AsnReader reader = new AsnReader(tbs, AsnEncodingRules.DER).ReadSequence();
        return DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                for (int i = 0; reader.HasData; i++)
                {
                    ReadOnlyMemory<byte> element = reader.ReadEncodedValue();
                    if (i == field)
                    {
                        write(w, element);
                    }
                    else
                    {
                        w.WriteRaw(element.Span);
                    }
                }
            }
        });
    }

    /// <summary>Validity in GeneralizedTime, which years before 2050 may not have.</summary>
    internal static void LateTimes(AsnWriter writer, ReadOnlyMemory<byte> validity)
    {
        AsnReader times = new AsnReader(validity, AsnEncodingRules.DER).ReadSequence();
        using (writer.PushSequence())
        {
            writer.WriteGeneralizedTime(times.ReadUtcTime(), true);
            writer.WriteGeneralizedTime(times.ReadUtcTime(), true);
        }
    }
}
