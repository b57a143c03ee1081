extern alias ceremony;

using System.Diagnostics;
using System.Text;
using ceremony::Hufu.Ceremony.Acts;
using ceremony::Hufu.Ceremony.Commands;
using ceremony::Hufu.Ceremony.Paper;
using ceremony::Hufu.Ceremony.Play;
using ceremony::Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kernel.Tests.Devices;
using Hufu.Kernel.Tests.Pki;
using Hufu.Pki;
using Hufu.Pki.Linting;
using Xunit;
using CeremonyStep = ceremony::Hufu.Ceremony.Acts.CeremonyStep;

namespace Hufu.Kernel.Tests.Ceremony;

/// <summary>A whole ceremony from nothing, played once; then what it left, and what happens when somebody does it wrong.</summary>
public sealed class CeremonyTests(CeremonyTests.Played played) : IClassFixture<CeremonyTests.Played>
{
    public sealed class Played : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Played() => End = DemoCeremony.Play(Folder, TextWriter.Null, null, TimeProvider.System, DeviceOptions.ForTests);

        public string Folder => _folder["c"];

        internal CeremonyEnd End { get; }

        public byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

        public void Dispose() => _folder.Dispose();
    }

    private static readonly string[] s_words =
    [
        "presence", "create-device", "verify-shares", "activate", "generate", "self-sign", "request", "sign-authority", "sign-list", "deactivate", "back-up", "check-backup", "restore", "clone", "archive",
        "prove-archived", "destroy",
    ];

    [Fact]
    [Clause("6.6.2.1-a")]
    public void Every_act_of_a_keys_life_is_done_and_signed_by_all_present()
    {
        Assert.Null(played.End.Stopped);
        Assert.Empty(played.End.Verdict.Problems);
        CeremonyVerdict verdict = CeremonySignature.Verify(played.Read("transcript.p7s"));
        Assert.True(verdict.IsValid);
        Assert.Equal(9, verdict.Signers.OfType<Certificate>().Distinct().Count());
        Assert.Equal(s_words.Order(StringComparer.Ordinal), verdict.Transcript.Acts.Select(a => a.Act).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(1, 21), verdict.Transcript.Acts.Select(a => a.Number));
        Assert.Equal(played.Read("transcript.json"), SignedMessage.Decode(played.Read("transcript.p7s")).Content!.Value.ToArray());
    }

    [Fact]
    public void Files_stand_with_their_digests_and_a_changed_one_is_named()
    {
        CeremonyTranscript transcript = played.End.Transcript;
        Assert.Equal(
            ["backup/root.backup", "exchange/ca.cer", "exchange/ca.p10", "exchange/root.cer", "exchange/root.crl", "transcript.md", "transcript.pdf"],
            transcript.Files.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Empty(EndReport.ChangedFiles(played.Folder, transcript));
        CeremonyFile first = transcript.Files[0];
        Assert.Single(EndReport.ChangedFiles(played.Folder, transcript with { Files = [first with { Digest = new string('0', 64) }] }));
        Assert.Single(EndReport.ChangedFiles(played.Folder, transcript with { Files = [first with { Name = "../outside" }] }));
    }

    [Fact]
    [Clause("6.6.2.1-e")]
    public void The_root_its_CA_and_its_list_verify_with_OpenSSL_and_lint_clean()
    {
        var root = Certificate.Decode(played.Read("exchange/root.cer"));
        var ca = Certificate.Decode(played.Read("exchange/ca.cer"));
        Assert.DoesNotContain(Linter.LintCertificate(root.RawData, CertificateKind.Root, null), f => f.Severity == LintSeverity.Error);
        Assert.DoesNotContain(Linter.LintCertificate(ca.RawData, CertificateKind.Authority, root), f => f.Severity == LintSeverity.Error);
        Assert.DoesNotContain(Linter.LintRevocationList(played.Read("exchange/root.crl"), root), f => f.Severity == LintSeverity.Error);
        Assert.Equal(0, ca.BasicConstraints!.PathLength);
        using OpenSsl openssl = new();
        openssl.Write("root.pem", Encoding.ASCII.GetBytes(root.ToPem()));
        openssl.Write("ca.pem", Encoding.ASCII.GetBytes(ca.ToPem()));
        openssl.Write("crl.pem", Encoding.ASCII.GetBytes(CertificateRevocationList.Decode(played.Read("exchange/root.crl")).ToPem()));
        Assert.Contains("ca.pem: OK", openssl.Run("verify", "-vfyopt", OpenSsl.Id, "-x509_strict", "-trusted", "root.pem", "ca.pem").Output, StringComparison.Ordinal);
        Assert.Equal("Verified OK", openssl.VerifyTbs(
            CertificateRevocationList.Decode(played.Read("exchange/root.crl")).TbsData.Span, CertificateRevocationList.Decode(played.Read("exchange/root.crl")).Signature.Span, root.PublicKey).Trim());
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void The_register_of_keys_says_what_became_of_each_copy()
    {
        Dictionary<string, CeremonyKey> keys = played.End.Transcript.Keys.ToDictionary(k => k.Device);
        Assert.Equal(("active", "destroyed", "archived", "active"), (keys["root-device"].State, keys["restored"].State, keys["archive"].State, keys["ca-device"].State));
        Assert.Equal(keys["root-device"].KeyDigest, keys["archive"].KeyDigest);
        Assert.Equal(CeremonyTranscript.Digest(Certificate.Decode(played.Read("exchange/root.cer")).PublicKey.RawData.Span), keys["root-device"].KeyDigest);
        Assert.False(Directory.Exists(Path.Combine(played.Folder, "devices", "restored")));
    }

    [Fact]
    public void The_PDF_can_be_read_in_both_languages_and_without_a_font_in_English()
    {
        Assert.True(File.Exists("/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf"), "fonts-arphic-gbsn00lp is installed by ./test");
        string text = PdfText(Path.Combine(played.Folder, "transcript.pdf"));
        Assert.Contains("根 CA 密钥产生仪式", text, StringComparison.Ordinal);
        Assert.Contains("周见证", text, StringComparison.Ordinal);
        Assert.Contains(played.End.Transcript.Acts[4].Digest!, text, StringComparison.Ordinal);
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["e.pdf"], TranscriptPdf.Write(played.End.Transcript, CeremonyScript.Load(Path.Combine(played.Folder, "script.yaml")), null));
        text = PdfText(folder["e.pdf"]);
        Assert.Contains("English only", text, StringComparison.Ordinal);
        Assert.Contains(@"\u5468\u89c1\u8bc1", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by nobody but a stranger", "who is not among the people")]
    [InlineData("without the witness", "周见证: the certificate is not carried")]
    [InlineData("with another's answer", "did not answer")]
    [InlineData("with a changed file name", "DigestMismatch")]
    public void A_transcript_that_is_not_everybodys_is_refused(string how, string problem)
    {
        SignedMessage whole = SignedMessage.Decode(played.Read("transcript.p7s"));
        var transcript = CeremonyTranscript.Decode(whole.Content!.Value);
        byte[] forged = how switch
        {
            "by nobody but a stranger" => Sign(transcript, TestPki.Instance.SigningKey, TestPki.Instance.Signing),
            "without the witness" => SignAgain(transcript, people: 8),
            "with another's answer" => SignAgain(transcript with { People = [.. transcript.People.Select((p, i) => i == 3 ? p with { Answer = transcript.People[4].Answer } : p)] }, people: 9),
            _ => Replace(whole.RawData.ToArray(), "root.backup"u8, "ROOT.backup"u8),
        };
        Assert.Contains(CeremonySignature.Verify(forged).Problems, p => p.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Signers_agree_on_one_text()
    {
        SignedMessage whole = SignedMessage.Decode(played.Read("transcript.p7s"));
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(
            () => CeremonySignature.Sign("other"u8.ToArray(), whole, TestPki.Instance.SigningKey, TestPki.Instance.Signing, TestPki.Now)).Error);
    }

    [Theory]
    [InlineData("{ do: presence }", "{ do: note, zh: 开始, en: Begin }", "The first step is 'presence'")]
    [InlineData("role: leader", "role: boss", "The role 'boss'")]
    [InlineData("role: key-manager", "role: witness", "at least 1 of the role KeyManager")]
    [InlineData("{ do: verify-shares, device: root-device }", "{ do: verify-shares, device: other }", "'other' is none of the script's devices")]
    [InlineData("{ do: verify-shares, device: root-device }", "{ do: verify, device: root-device }", "'verify' is none of presence")]
    [InlineData("{ do: verify-shares, device: root-device }", "{ do: verify-shares, device: root-device, extra: 1 }", "The key 'extra' is unknown here")]
    [InlineData("holders: [甲持有, 丙持有, 戊持有]", "holders: [甲持有, 丙持有]", "at least 3 different share holders")]
    [InlineData("holders: [甲持有, 丙持有, 戊持有]", "holders: [甲持有, 丙持有, 丙持有]", "at least 3 different share holders")]
    [InlineData("holders: [甲持有, 丙持有, 戊持有]", "holders: [甲持有, 丙持有, 周见证]", "at least 3 different share holders")]
    [InlineData("operators: [吴操作], holders: [甲持有, 乙持有, 丙持有, 丁持有, 戊持有] }", "operators: [甲持有], holders: [甲持有, 乙持有, 丙持有, 丁持有, 戊持有] }", "people of the role operator")]
    [InlineData("operator: 吴操作", "operator: 周见证", "'周见证' is not an operator")]
    [InlineData("profile: root-ca", "profile: person", "CAs only")]
    [InlineData("profile: root-ca", "profile: ../root-ca", "There is no profile")]
    [InlineData("authorityName: 国家电子政务根 CA", "authority: x", "'fields' needs 'authorityName'")]
    [InlineData("threshold: 3", "threshold: 1", "from 2 to 32")]
    public void A_wrong_script_is_named_with_its_line_before_anything_is_done(string text, string instead, string complaint)
    {
        using TemporaryFolder folder = new();
        string script = File.ReadAllText(Path.Combine(played.Folder, "script.yaml"));
        Assert.Contains(text, script, StringComparison.Ordinal);
        File.WriteAllText(folder["s.yaml"], script.Replace(text, instead, StringComparison.Ordinal));
        ScriptException e = Assert.Throws<ScriptException>(() => CeremonyScript.Load(folder["s.yaml"]));
        Assert.Contains(complaint, e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Line, 1, 100);
    }

    [Fact]
    public void The_template_is_refused_until_people_are_filled_in() =>
        Assert.Contains("hufu ceremony person", Assert.Throws<ScriptException>(() => CeremonyScript.Load(DemoCeremony.Template)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_played_script_is_not_played_again() =>
        Assert.Contains("has been played", Assert.Throws<CeremonyRefusal>(() => Play(CeremonyScript.Load(Path.Combine(played.Folder, "script.yaml")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Signing_without_activation_stops_the_ceremony_and_the_record_says_so()
    {
        using TemporaryFolder folder = Copy("  - { do: activate, device: root-device, operator: 吴操作 }\n", "");
        CeremonyEnd end = Play(CeremonyScript.Load(folder["script.yaml"]));
        Assert.Contains("is not active", end.Stopped!.Message, StringComparison.Ordinal);
        Assert.Contains("activate", end.Stopped.Next, StringComparison.Ordinal);
        Assert.True(end.Verdict.IsValid);
        Assert.Equal("generate", end.Transcript.Acts[^1].Act);
        Assert.StartsWith("Stopped at this step", end.Transcript.Acts[^1].WhatEn, StringComparison.Ordinal);
        Assert.Empty(end.Transcript.Keys);
    }

    [Fact]
    public void A_token_with_another_certificate_is_not_the_person()
    {
        using TemporaryFolder folder = Copy("tokens/holder-1", "tokens/holder-2");
        Assert.Contains("another certificate", Assert.Throws<CeremonyRefusal>(() => Play(CeremonyScript.Load(folder["script.yaml"]))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["transcript.p7s"]));
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void Administration_while_a_device_is_active_is_refused()
    {
        using TemporaryFolder folder = Copy("  - { do: deactivate, device: root-device }\n", "");
        Assert.Contains("Deactivate it", Play(CeremonyScript.Load(folder["script.yaml"])).Stopped!.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_another_name_or_with_a_wrong_signature_is_not_signed()
    {
        using TemporaryFolder folder = Copy("request, device: ca-device, key: ca, profile: operational-ca, fields: { organisation: 国家电子政务认证中心, authorityName: 国家电子政务运营 CA }",
            "request, device: ca-device, key: ca, profile: operational-ca, fields: { organisation: 国家电子政务认证中心, authorityName: 别的 CA }");
        CeremonyEnd end = Play(CeremonyScript.Load(folder["script.yaml"]));
        Assert.Contains("别的 CA", end.Stopped!.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["exchange/ca.cer"]));
    }

    [Fact]
    public void Whoever_does_not_sign_is_named_and_the_others_signatures_are_kept()
    {
        using TemporaryFolder folder = Copy("steps:\n", "steps:\n  - { do: presence }\n  - { do: note, zh: 演练, en: Rehearsal }\nunread:\n");
        string script = File.ReadAllText(folder["script.yaml"]);
        File.WriteAllText(folder["script.yaml"], script[..script.IndexOf("unread:", StringComparison.Ordinal)]);
        CeremonyEnd end = new Director(CeremonyScript.Load(folder["script.yaml"]), new Pins { Absent = "周见证" }, TimeProvider.System, DeviceOptions.ForTests, "none").Play();
        Assert.Null(end.Stopped);
        Assert.Equal("周见证: the certificate is not carried.", Assert.Single(end.Verdict.Problems));
        Assert.Equal(8, SignedMessage.Decode(File.ReadAllBytes(folder["transcript.p7s"])).Signers.Count);
    }

    [Theory]
    [InlineData(9, "kept until")]
    [InlineData(11, null)]
    [Clause("6.6.2.2-d")]
    public void An_archived_key_is_kept_ten_years_and_then_destroyed(int years, string? refusal)
    {
        // Another ceremony, years later, with the archive of the first one: tokens are copied, the device's folder too.
        using TemporaryFolder folder = Copy("steps:\n", "steps:\n  - { do: presence }\n  - { do: destroy, device: archive, holders: [甲持有, 乙持有, 丙持有] }\nunread:\n");
        string script = File.ReadAllText(folder["script.yaml"]);
        File.WriteAllText(folder["script.yaml"], script[..script.IndexOf("unread:", StringComparison.Ordinal)]);
        string archive = Path.Combine(played.Folder, "devices", "archive");
        foreach (string file in Directory.GetFiles(archive, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(folder["devices"], "archive", Path.GetRelativePath(archive, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        foreach (ScriptPerson person in CeremonyScript.Load(folder["script.yaml"]).People)
        {
            Renew(folder[person.Token], person, folder["script.yaml"], TimeProvider.System.GetUtcNow().AddYears(years));
        }

        CeremonyEnd end = new Director(CeremonyScript.Load(folder["script.yaml"]), new Pins(), new Later(TimeSpan.FromDays(365.25 * years)), DeviceOptions.ForTests, "none").Play();
        Assert.Equal(refusal is null, end.Stopped is null);
        Assert.Contains(refusal ?? "", end.Stopped?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(refusal is not null, Directory.Exists(Path.Combine(folder["devices"], "archive")));
        Assert.True(end.Verdict.IsValid);
    }

    /// <summary>A new certificate for the same key, for the first one has ended by then.</summary>
    private static void Renew(string token, ScriptPerson person, string script, DateTimeOffset now)
    {
        using SoftToken opened = SoftToken.Open(token);
        opened.VerifyPin("pin of " + Path.GetFileName(token));
        Certificate old = opened.ExportCertificate(person.Container, KeyUse.Signing);
        Certificate renewed = Certificate.Sign(old.Tbs with { NotBefore = now.AddDays(-30), NotAfter = now.AddYears(1) }, opened.GetSigner(person.Container));
        opened.ImportCertificate(person.Container, KeyUse.Signing, renewed);
        File.WriteAllText(script, File.ReadAllText(script).Replace(person.CertificateDigest, CeremonyTranscript.Digest(renewed.RawData.Span), StringComparison.Ordinal));
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    [Fact]
    public void A_font_that_cannot_be_used_is_said_before_anybody_begins()
    {
        using TemporaryFolder folder = Copy("id: root-birth", "id: root-birth");
        CeremonyScript script = CeremonyScript.Load(folder["script.yaml"]);
        Assert.Throws<CeremonyRefusal>(() => new Director(script, new Pins(), TimeProvider.System, DeviceOptions.ForTests, folder["none.ttf"]).Play());
        Assert.Throws<CeremonyRefusal>(() => new Director(script, new Pins(), TimeProvider.System, DeviceOptions.ForTests, folder["script.yaml"]).Play());
        Assert.False(File.Exists(folder["journal.txt"]));
        Assert.False(Directory.Exists(folder["devices"]));
    }

    [Fact]
    public void Each_word_of_a_script_has_an_act() => Assert.Equal(s_words.Append("destroy-files").Append("note").Order(StringComparer.Ordinal), ActReader.Words.Order(StringComparer.Ordinal));

    private static CeremonyEnd Play(CeremonyScript script) => new Director(script, new Pins(), TimeProvider.System, DeviceOptions.ForTests, "none").Play();

    // Fresh tokens would make other certificates: the played ones are taken along, the devices are not.
    private TemporaryFolder Copy(string text, string instead)
    {
        TemporaryFolder folder = new();
        foreach (string file in Directory.GetFiles(Path.Combine(played.Folder, "tokens"), "*", SearchOption.AllDirectories))
        {
            string to = folder[Path.GetRelativePath(played.Folder, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        string script = File.ReadAllText(Path.Combine(played.Folder, "script.yaml"));
        Assert.Contains(text, script, StringComparison.Ordinal);
        File.WriteAllText(folder["script.yaml"], script.Replace(text, instead, StringComparison.Ordinal));
        return folder;
    }

    private byte[] SignAgain(CeremonyTranscript transcript, int people)
    {
        CeremonyScript script = CeremonyScript.Load(Path.Combine(played.Folder, "script.yaml"));
        byte[] json = transcript.Encode();
        SignedMessage? signed = null;
        foreach (ScriptPerson person in script.People.Take(people))
        {
            using SoftToken token = SoftToken.Open(Path.Combine(played.Folder, person.Token));
            token.VerifyPin("pin of " + Path.GetFileName(person.Token));
            signed = CeremonySignature.Sign(json, signed, token.GetSigner(person.Container), token.ExportCertificate(person.Container, KeyUse.Signing), TestPki.Now);
        }

        return signed!.Encode();
    }

    private static byte[] Sign(CeremonyTranscript transcript, ISigner signer, Certificate certificate) => CeremonySignature.Sign(transcript.Encode(), null, signer, certificate, TestPki.Now).Encode();

    private static byte[] Replace(byte[] bytes, ReadOnlySpan<byte> text, ReadOnlySpan<byte> instead)
    {
        int at = bytes.AsSpan().IndexOf(text);
        Assert.True(at > 0);
        instead.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static string PdfText(string file)
    {
        ProcessStartInfo start = new("pdftotext", ["-layout", "-enc", "UTF-8", file, "-"]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text;
    }

    private sealed class Pins : IAttendant
    {
        public bool Begin(int number, int count, CeremonyStep step) => true;

        /// <summary>Who has gone home before the signatures.</summary>
        public string? Absent { get; init; }

        private bool Signatures { get; set; }

        public string? Pin(ScriptPerson person, int? triesLeft) => triesLeft is null && !(Signatures && person.Name == Absent) ? "pin of " + Path.GetFileName(person.Token) : null;

        public void Done(CeremonyAct act)
        {
        }

        public void Signing(int people) => Signatures = true;
    }
}
