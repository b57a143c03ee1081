using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>Signed transcripts that the platform takes in (6.6.2.1-a), and what they say of keys (6.6.2.2-d).</summary>
public sealed class CeremonyArchiveTests : IDisposable
{
    private static readonly DateTimeOffset Day = TestAuthority.From.AddMonths(6);
    private static readonly string Root = new('a', 64), Other = new('b', 64);
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly List<(Sm2PairSigner Signer, Certificate Certificate)> _people = [];

    public CeremonyArchiveTests()
    {
        foreach (string name in new[] { "leader", "witness" })
        {
            Sm2PairSigner signer = new();
            _people.Add((signer, _authority.Issue(signer.PublicKey, name, KeyUsages.DigitalSignature)));
        }
    }

    public void Dispose() => _folder.Dispose();

    private CeremonyArchive Archive => CeremonyArchive.Of(_folder["data"]);

    /// <summary>Writes a ceremony's folder.</summary>
    private string Play(string name, int day, CeremonyKey[] keys, int signers = 2, string? id = null)
    {
        string folder = _folder[name];
        Directory.CreateDirectory(Path.Combine(folder, "exchange"));
        File.WriteAllText(Path.Combine(folder, "exchange", "note.txt"), name);
        byte[] note = File.ReadAllBytes(Path.Combine(folder, "exchange", "note.txt"));
        id ??= SecureRandom.NewId();
        string script = new('0', 64);
        CeremonyTranscript transcript = new()
        {
            Id = id, Title = "测试仪式", TitleEn = name, Place = "here", ScriptDigest = script, Begun = Day.AddDays(day), Ended = Day.AddDays(day).AddHours(1),
            People = [.. _people.Select((person, i) =>
            {
                byte[] challenge = SecureRandom.GetBytes(32);
                return new CeremonyPerson($"person {i}", "witness", CeremonyTranscript.Digest(person.Certificate.RawData.Span), challenge, person.Signer.Sign(CeremonyTranscript.PresenceText(id, script, challenge)));
            })],
            Acts = [new CeremonyAct(1, Day.AddDays(day), "note", "记", "note", [], null)],
            Keys = keys,
            Files = [new CeremonyFile("exchange/note.txt", note.Length, CeremonyTranscript.Digest(note))],
        };
        byte[] json = transcript.Encode();
        SignedMessage? signed = null;
        foreach ((Sm2PairSigner signer, Certificate certificate) in _people.Take(signers))
        {
            signed = CeremonySignature.Sign(json, signed, signer, certificate, Day.AddDays(day));
        }

        File.WriteAllBytes(Path.Combine(folder, CeremonyTranscript.SignedFileName), signed!.Encode());
        return folder;
    }

    private static CeremonyKey Copy(string device, string key, string state) => new(device, "root", key, state);

    private Refusal Refused(string folder, IReadOnlySet<string>? people = null) => Assert.Throws<RefusedException>(() => Archive.TakeIn(folder, people)).Refusal;

    [Fact]
    [Clause("6.6.2.1-a")]
    public void A_transcript_is_kept_with_its_files_and_taken_in_once()
    {
        string folder = Play("birth", 0, [Copy("root-device", Root, "active")]);
        KeptCeremony kept = Archive.TakeIn(folder, _people.Select(person => CeremonyTranscript.Digest(person.Certificate.RawData.Span)).ToHashSet());
        Assert.Equal("birth", File.ReadAllText(Path.Combine(kept.Folder, "exchange", "note.txt")));
        Assert.Equal(kept.Digest, Archive.TakeIn(folder).Digest);
        Assert.Equal(kept.Digest, Assert.Single(Archive.All()).Digest);
        Assert.Empty(CeremonyArchive.ClosedKeys(Archive.All()));
        Assert.StartsWith(Path.Combine(_folder["data"], "ca", "archive"), kept.Folder, StringComparison.Ordinal);

        // Another ceremony under the same id, and an archive that was changed by hand.
        Assert.Equal("id", Refused(Play("again", 1, [], id: kept.Verdict.Transcript.Id)).Field);
        File.AppendAllText(Path.Combine(kept.Folder, "exchange", "note.txt"), "x");
        Assert.Throws<InvalidDataException>(() => Archive.All());
    }

    [Fact]
    public void What_is_not_signed_by_all_or_not_whole_is_refused_and_nothing_stays()
    {
        Assert.Equal(RefusalCode.SignatureInvalid, Refused(Play("unsigned", 0, [], signers: 1)).Code);
        string changed = Play("changed", 0, []);
        File.AppendAllText(Path.Combine(changed, "exchange", "note.txt"), "x");
        Assert.Equal((RefusalCode.FieldInvalid, "files"), (Refused(changed).Code, Refused(changed).Field));
        string gone = Play("gone", 0, []);
        File.Delete(Path.Combine(gone, "exchange", "note.txt"));
        Assert.Equal("files", Refused(gone).Field);
        Assert.Equal("people", Refused(Play("strangers", 0, []), new HashSet<string> { CeremonyTranscript.Digest(_people[0].Certificate.RawData.Span) }).Field);
        string outside = Play("outside", 0, [], id: "../../../outside");
        Assert.Equal("id", Refused(outside).Field);
        Assert.Equal(CeremonyTranscript.SignedFileName, Refused(_folder["nowhere"]).Field);
        string broken = Play("broken", 0, []);
        File.WriteAllText(Path.Combine(broken, CeremonyTranscript.SignedFileName), "no transcript");
        Assert.Equal(RefusalCode.Malformed, Refused(broken).Code);
        Assert.Empty(Archive.All());
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public void A_key_is_closed_when_a_ceremony_archived_it_and_left_none_active_and_stays_closed()
    {
        // Shown on a clone while the living one goes on: not closed.
        Archive.TakeIn(Play("birth", 0, [Copy("root-device", Root, "active"), Copy("archive", Root, "archived"), Copy("restored", Root, "destroyed"), Copy("ca-device", Other, "active")]));
        Assert.Empty(CeremonyArchive.ClosedKeys(Archive.All()));
        Archive.TakeIn(Play("end", 10, [Copy("vault", Root, "archived")]));
        Assert.Equal([Root], CeremonyArchive.ClosedKeys(Archive.All()).Keys);

        // No later transcript opens it again.
        Archive.TakeIn(Play("later", 20, [Copy("vault", Root, "active")]));
        Assert.Equal([Root], CeremonyArchive.ClosedKeys(Archive.All()).Keys);

        // Every known copy destroyed: closed too.
        Archive.TakeIn(Play("destroyed", 30, [Copy("ca-device", Other, "destroyed")]));
        Assert.Equal([Root, Other], CeremonyArchive.ClosedKeys(Archive.All()).Keys.Order());
    }

    /// <summary>A person's key in memory.</summary>
    private sealed class Sm2PairSigner : ISigner
    {
        private readonly Sm2PrivateKey _key = Sm2PrivateKey.Generate();

        public SubjectPublicKeyInfo PublicKey => SubjectPublicKeyInfo.FromSm2(_key.PublicKey);

        public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.Sm2WithSm3;

        public byte[] Sign(ReadOnlySpan<byte> data)
        {
            byte[] signature = new byte[Sm2.SignatureSize];
            _key.SignData(Sm2.DefaultId, data, signature);
            return Sm2SignatureValue.Encode(signature);
        }
    }
}
