using System.Formats.Asn1;
using System.Numerics;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>A revocation list field by field, so that each can be wrong.</summary>
internal sealed record ListObject
{
    internal int? Version { get; init; } = 1;

    internal AlgorithmIdentifier Inner { get; init; } = AlgorithmIdentifier.Sm2WithSm3;

    internal AlgorithmIdentifier? Outer { get; init; }

    internal DistinguishedName Issuer { get; init; } = TestPki.Instance.Ca.Subject;

    internal DateTimeOffset ThisUpdate { get; init; } = TestPki.Now;

    internal DateTimeOffset? NextUpdate { get; init; } = TestPki.Now.AddHours(36);

    internal bool LateTimes { get; init; }

    /// <summary>DER of the entries; null leaves revokedCertificates out.</summary>
    internal byte[][]? Entries { get; init; } = [Entry(1, TestPki.Now.AddDays(-1), Reason(1)), Entry(2, TestPki.Now.AddDays(-2), Reason(4), Invalidity(TestPki.Now.AddDays(-3))), Entry(3, TestPki.Now.AddDays(-2))];

    internal CertificateExtension[] Extensions { get; init; } = [AuthorityKeyIdentifier.FromIssuer(TestPki.Instance.Ca).ToExtension(), Number(7)];

    internal byte[]? Signature { get; init; }

    internal Certificate? Signer { get; init; } = TestPki.Instance.Ca;

    internal static CertificateExtension Integer(string oid, bool critical, BigInteger value) => new(oid, critical, DerWriting.Encode(w => w.WriteInteger(value)));

    internal static CertificateExtension Number(BigInteger value, bool critical = false) => Integer(Oids.CrlNumber, critical, value);

    internal static CertificateExtension Delta(BigInteger value, bool critical = true) => Integer(Oids.DeltaCrlIndicator, critical, value);

    internal static CertificateExtension Point(bool critical, params byte[] content) => new(Oids.IssuingDistributionPoint, critical, (byte[])[0x30, (byte)content.Length, .. content]);

    internal static CertificateExtension Reason(byte reason, bool critical = false) => new(Oids.ReasonCode, critical, (byte[])[0x0A, 1, reason]);

    internal static CertificateExtension Invalidity(DateTimeOffset time, bool critical = false) => new(Oids.InvalidityDate, critical, DerWriting.Encode(w => w.WriteGeneralizedTime(time, true)));

    internal static byte[] Entry(BigInteger serial, DateTimeOffset date, params CertificateExtension[] extensions) => Entry(serial, date, false, extensions.Length > 0 ? extensions : null);

    internal static byte[] Entry(BigInteger serial, DateTimeOffset date, bool late, CertificateExtension[]? extensions) => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            w.WriteInteger(serial);
            WriteTime(w, date, late);
            if (extensions is not null)
            {
                CertificateExtension.WriteList(w, extensions);
            }
        }
    });

    private static void WriteTime(AsnWriter writer, DateTimeOffset time, bool late)
    {
        if (late)
        {
            writer.WriteGeneralizedTime(time, true);
        }
        else
        {
            writer.WriteUtcTime(time);
        }
    }

    internal LintCase Case()
    {
        byte[] tbs = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                if (Version is { } version)
                {
                    w.WriteInteger(new BigInteger(version));
                }

                Inner.Write(w);
                Issuer.Write(w);
                WriteTime(w, ThisUpdate, LateTimes);
                if (NextUpdate is { } next)
                {
                    WriteTime(w, next, LateTimes);
                }

                if (Entries is not null)
                {
                    using (w.PushSequence())
                    {
                        foreach (byte[] entry in Entries)
                        {
                            w.WriteRaw(entry);
                        }
                    }
                }

                if (Extensions.Length > 0)
                {
                    using (w.PushContext(0))
                    {
                        CertificateExtension.WriteList(w, Extensions);
                    }
                }
            }
        });
        return new LintCase(LintTargets.RevocationList, SignedStructure.Assemble(tbs, Outer ?? Inner, Signature ?? TestPki.Instance.CaKey.Sign(tbs)), Issuer: Signer);
    }
}

/// <summary>A certification request field by field, so that each can be wrong.</summary>
internal sealed record RequestObject
{
    internal int Version { get; init; }

    internal DistinguishedName Subject { get; init; } = DistinguishedName.Parse("C=CN, O=某单位, CN=张三");

    internal SubjectPublicKeyInfo Key { get; init; } = TestPki.Instance.SigningKey.PublicKey;

    internal AlgorithmIdentifier Algorithm { get; init; } = AlgorithmIdentifier.Sm2WithSm3;

    /// <summary>DER of the attributes; null leaves [0] out.</summary>
    internal byte[][]? Attributes { get; init; } = [Ask(new KeyUsageExtension(KeyUsages.Signing).ToExtension(), LintObjects.Hosts("www.gov.cn"))];

    /// <summary>Signs the info in another way.</summary>
    internal Func<byte[], byte[]>? Sign { get; init; }

    internal static byte[] Ask(params CertificateExtension[] extensions) => Attribute(Oids.AttributeExtensionRequest, DerWriting.Encode(w => CertificateExtension.WriteList(w, extensions)));

    internal static byte[] Attribute(string oid, params byte[][] values) => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(oid);
            using (w.PushSetOf())
            {
                foreach (byte[] value in values)
                {
                    w.WriteRaw(value);
                }
            }
        }
    });

    internal LintCase Case()
    {
        byte[] info = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(new BigInteger(Version));
                Subject.Write(w);
                Key.Write(w);
                if (Attributes is not null)
                {
                    using (w.PushContext(0))
                    {
                        foreach (byte[] attribute in Attributes)
                        {
                            w.WriteRaw(attribute);
                        }
                    }
                }
            }
        });
        return new LintCase(LintTargets.Request, SignedStructure.Assemble(info, Algorithm, Sign?.Invoke(info) ?? TestPki.Instance.SigningKey.Sign(info)));
    }
}
