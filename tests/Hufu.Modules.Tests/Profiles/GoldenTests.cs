using System.Diagnostics;
using System.Text;
using Hufu.Ca;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Profiles;

/// <summary>
/// Every profile has its certificates in tests/golden, signing and encryption variant, built by the CA's own builder with fixed keys, serials and times. The TBS bytes must come out the
/// same; the signatures, whose nonces are random, are those of the day when the file was made. After a wanted change: HUFU_GOLDEN=write, then look at the difference.
/// </summary>
public sealed class GoldenTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "golden");
    private static readonly CertificateBuilder Builder =
        new(new CaOptions { PolicyOid = "1.2.156.112600.1.1", PracticeStatementAddress = "http://ca.example.cn/cps" }, new PublicAddresses("http://ca.example.cn"));

    public static TheoryData<string> Profiles => [.. SourceTree.Policy.Profiles.Keys.Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Profiles))]
    [Clause("6.1.2-a")]
    [Clause("6.1.2-b")]
    [Clause("6.1.2-c")]
    [Clause("6.1.2-d")]
    public void Every_profile_builds_its_golden_certificates_byte_for_byte(string id)
    {
        CertificateProfile profile = SourceTree.Policy.Profile(id);
        foreach (PairSide side in profile.Pairs == KeyPairs.Dual ? [PairSide.Signing, PairSide.Encryption] : new[] { PairSide.Signing })
        {
            string file = Path.Combine(Folder, Name(profile, side));
            (byte[] tbs, Sm2KeyPair signer) = Build(profile, side);
            if (Environment.GetEnvironmentVariable("HUFU_GOLDEN") == "write")
            {
                File.WriteAllBytes(file, Certificate.Assemble(tbs, signer.Algorithm, signer.Sign(tbs)).Encode());
            }

            Assert.True(File.Exists(file), $"{file} is not there: run the tests once with HUFU_GOLDEN=write and look at what comes out");
            Certificate golden = Certificate.Decode(File.ReadAllBytes(file));
            Assert.Equal(Convert.ToHexString(tbs), Convert.ToHexString(golden.TbsData.Span));
            Assert.True(golden.IsSignedBy(signer.PublicKey));
        }
    }

    [Theory, MemberData(nameof(Profiles))]
    public void Golden_certificates_lint_clean_by_their_profile(string id)
    {
        CertificateProfile profile = SourceTree.Policy.Profile(id);
        foreach (string file in Files(profile))
        {
            Certificate golden = Certificate.Decode(File.ReadAllBytes(file));
            Certificate? issuer = profile.Issuers.Contains(ProfileIssuer.Self) ? null : Certificate.Decode(File.ReadAllBytes(Path.Combine(Folder, profile.IsAuthority ? "root-ca.cer" : "operational-ca.cer")));
            LintFinding[] found = [.. Linter.LintCertificate(golden.RawData, null, issuer, LintConstraints.Of(profile)).Where(f => f.Severity != LintSeverity.Notice && !Meant(id, f))];
            Assert.True(found.Length == 0, string.Join("\n", found.Select(f => $"{Path.GetFileName(file)}: {f.RuleId}: {f.Message}")));
        }
    }

    // A share holder's one key opens the share and signs its presentation (ProfileRules.Usages says why).
    private static bool Meant(string profile, LintFinding finding) => profile == "share-holder" && finding.RuleId == "hufu_key_usage_mixed";

    [Fact]
    public void No_golden_file_is_left_from_a_profile_that_is_gone() => Assert.Equal(
        SourceTree.Policy.Profiles.Values.SelectMany(Files).Select(Path.GetFileName).Order(StringComparer.Ordinal),
        Directory.GetFiles(Folder, "*.cer").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void OpenSSL_verifies_every_golden_certificate()
    {
        using TempFolder work = new();
        Verify(work, "root-ca.cer", [.. Files("operational-ca"), .. Files("root-ca")]);
        Verify(work, "operational-ca.cer", [.. SourceTree.Policy.Profiles.Values.Where(p => !p.IsAuthority).SelectMany(Files)]);
        Verify(work, "km-root.cer", [.. Files("km-root")]);
    }

    [Fact]
    [Clause("6.1.2-e")]
    public void Names_of_all_three_forms_stand_in_an_employees_certificate()
    {
        Certificate employee = Certificate.Decode(File.ReadAllBytes(Path.Combine(Folder, "employee.cer")));
        IReadOnlyList<GeneralName> names = SubjectAlternativeName.Decode(employee.FindExtension(Oids.SubjectAltName)!).Names;
        Assert.Equal([GeneralNameKind.Email, GeneralNameKind.X400Address, GeneralNameKind.Directory], names.Select(n => n.Kind));
        Assert.Equal("卫经办", names[2].DirectoryName!.CommonName);
        // openssl asn1parse, of the x400Address: [3] { SEQUENCE { [APPLICATION 1] { CN } [APPLICATION 2] { CNADMD } [2] { GOV } [3] Hufu [5] { [0] Wei, [1] Jingban } [6] { YFB } } }
        Assert.Equal("A336303461041302434E62081306434E41444D44A2051303474F56830448756675A50E800357656981074A696E6762616EA6051303594642", Convert.ToHexString(names[1].RawData.Span));
        Assert.Equal(["C", "ST", "L", "O", "OU", "CN", "SERIALNUMBER"], employee.Subject.ToString().Split(", ").Select(p => p.Split('=')[0]));
    }

    private static (byte[] Tbs, Sm2KeyPair Signer) Build(CertificateProfile profile, PairSide side)
    {
        bool self = profile.Issuers.Contains(ProfileIssuer.Self);
        string issuer = self ? profile.Id : profile.IsAuthority ? "root-ca" : "operational-ca";
        Sm2KeyPair key = Key(Name(profile, side)), signer = Key(issuer + ".cer");
        DistinguishedName subject = Subject(profile);
        CertificateContent content = new(Serial(Name(profile, side)), subject, key.PublicKey, From, profile.Life.InclusiveEnd(From), GoldenFields.All);
        string issuerName = profile.IsAuthority ? AuthorityNames.Root : AuthorityNames.Operational;
        return (Builder.Build(profile, side, content, issuerName, self ? subject : Subject(SourceTree.Policy.Profile(issuer)), signer.PublicKey, AlgorithmIdentifier.Sm2WithSm3).Encode(), signer);
    }

    private static DistinguishedName Subject(CertificateProfile profile)
    {
        Dictionary<string, string> fields = new(GoldenFields.All, StringComparer.Ordinal);
        fields["authorityName"] = profile.Id switch { "root-ca" => "虎符根 CA", "km-root" => "虎符密钥管理中心", _ => "虎符运营 CA" };
        return SubjectBuilder.Build(profile, fields);
    }

    // Keys that anybody can compute: they certify nothing but these files.
    private static Sm2KeyPair Key(string name)
    {
        for (byte[] d = Sm3.HashData(Encoding.UTF8.GetBytes("hufu golden key " + name)); ; d = Sm3.HashData(d))
        {
            if (Sm2PrivateKey.TryImport(d, out Sm2PrivateKey? key))
            {
                return new Sm2KeyPair(key);
            }
        }
    }

    private static SerialNumber Serial(string name)
    {
        byte[] serial = Sm3.HashData(Encoding.UTF8.GetBytes("hufu golden serial " + name))[..20];
        serial[0] = (byte)(serial[0] & 0x3F | 0x40);
        return SerialNumber.FromBytes(serial);
    }

    private static string Name(CertificateProfile profile, PairSide side) => profile.Id + (side == PairSide.Encryption ? ".enc.cer" : ".cer");

    private static IEnumerable<string> Files(string id) => Files(SourceTree.Policy.Profile(id));

    private static IEnumerable<string> Files(CertificateProfile profile) => (profile.Pairs == KeyPairs.Dual ? [PairSide.Signing, PairSide.Encryption] : new[] { PairSide.Signing })
        .Select(side => Path.Combine(Folder, Name(profile, side)));

    private static void Verify(TempFolder work, string issuer, string[] files)
    {
        string[] certificates = [.. files.Select(Pem)];
        ProcessStartInfo start = new("openssl", ["verify", "-partial_chain", "-x509_strict", "-attime", From.AddDays(1).ToUnixTimeSeconds().ToString(), "-vfyopt", "distid:1234567812345678", "-trusted", Pem(Path.Combine(Folder, issuer)), .. certificates])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && output.Split('\n').Count(l => l.EndsWith(": OK", StringComparison.Ordinal)) == files.Length, output + error);

        string Pem(string file)
        {
            string pem = Path.Combine(work.Path, Path.GetFileName(file) + ".pem");
            File.WriteAllText(pem, Certificate.Decode(File.ReadAllBytes(file)).ToPem());
            return pem;
        }
    }
}
