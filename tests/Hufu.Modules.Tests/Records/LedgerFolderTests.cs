using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>What an auditor does with the files alone: proofs, searches, and signers by their path to a root.</summary>
public sealed class LedgerFolderTests : IDisposable
{
    private readonly RecordsPlace place = new();

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Proofs_from_the_files_are_those_of_the_ledger_and_none_is_given_for_a_touched_log()
    {
        await using (Database database = await place.OpenDatabaseAsync())
        await using (Ledger ledger = await place.OpenLedgerAsync(database))
        {
            for (int i = 1; i < 37; i++)
            {
                await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
            }

            SignedHead head = await ledger.SignHeadAsync(Ct);
            for (int n = 0; n < 37; n++)
            {
                InclusionProof own = await ledger.ProveInclusionAsync(n, head.Size, Ct);
                var (line, proof, found) = LedgerFolder.Prove(place.Audit, n)!.Value;
                Assert.Equal(head.ToJson(), found.ToJson());
                Assert.Equal(own.Path, proof.Path);
                Assert.True(proof.Leads(Convert.FromHexString(head.Root)));
                Assert.Equal(RecordLine.Leaf(System.Text.Encoding.UTF8.GetBytes(line)), proof.Leaf);
            }

            Assert.Null(LedgerFolder.Prove(place.Audit, 37));
        }

        LedgerEntry[] refused = [.. LedgerFolder.Search(place.Audit, new LedgerFilter { Outcome = LedgerOutcome.Refused, Act = "test.note", Limit = 3 })];
        Assert.Equal([3, 10, 17], refused.Select(e => e.Sequence));
        Assert.Equal("note/10", Assert.Single(LedgerFolder.Search(place.Audit, new LedgerFilter { Object = "note/10" })).Object);
        var log = new LogForger(place.Audit, Path.Combine(place.Folder, "copy"));
        log.Edit(lines => lines[20] = lines[20].Replace("note/20", "note/21", StringComparison.Ordinal));
        Assert.Null(LedgerFolder.Prove(log.Folder, 5));
    }

    /// <summary>6.6.1.4-d: a proof stands without the log; every byte of it that is changed is found, and so is a log that was rewritten behind it.</summary>
    [Fact]
    [Clause("6.6.1.4-d")]
    public async Task A_proof_is_checked_without_the_log_and_each_change_of_it_is_found()
    {
        await using (Database database = await place.OpenDatabaseAsync())
        await using (Ledger ledger = await place.OpenLedgerAsync(database))
        {
            for (int i = 1; i < 21; i++)
            {
                await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
            }

            await ledger.SignHeadAsync(Ct);
        }

        var (line, proof, head) = LedgerFolder.Prove(place.Audit, 9)!.Value;
        SubjectPublicKeyInfo key = LedgerFolder.Signer(place.Audit)!;
        byte[] file = ProofFile.Write(line, proof, head, key), bare = ProofFile.Write(line, proof, head, null);
        using Sm2KeyPair other = Sm2KeyPair.Generate();

        LedgerVerdict Check(byte[] content, ProofAnchors? anchors = null) => ProofFile.Check(content, anchors ?? new ProofAnchors()).Verdict;

        ProofReport alone = ProofFile.Check(file, new ProofAnchors());
        Assert.Equal((LedgerVerdict.Whole, false, line), (alone.Verdict, alone.Anchored, alone.Record));
        Assert.True(ProofFile.Check(file, new ProofAnchors { Heads = [head], Signer = key, Key = head.Key }).Anchored);
        Assert.Equal(LedgerVerdict.Whole, Check(bare, new ProofAnchors { Heads = [head] }));
        Assert.Equal(LedgerVerdict.Whole, Check(bare, new ProofAnchors { Signer = key }));
        // Nothing to decide by.
        Assert.Equal(LedgerVerdict.NotReadable, Check(bare));
        Assert.Equal(LedgerVerdict.NotReadable, Check(file, new ProofAnchors { Heads = [head with { Size = head.Size + 1 }] }));
        // Another log's head of that size, another key.
        Assert.Equal(LedgerVerdict.Broken, Check(file, new ProofAnchors { Heads = [head with { Root = new string('0', 64) }] }));
        Assert.Equal(LedgerVerdict.Broken, Check(file, new ProofAnchors { Signer = other.PublicKey }));
        Assert.Equal(LedgerVerdict.Broken, Check(file, new ProofAnchors { Key = new string('0', 64) }));
        // A forger who signs the same head with another key, and says so in the file.
        SignedHead forged = head with { Key = Convert.ToHexStringLower(Hufu.Crypto.Sm3.HashData(other.PublicKey.RawData.Span)) };
        forged = forged with { Signature = other.Sign(System.Text.Encoding.UTF8.GetBytes(forged.SignedText())) };
        byte[] theirs = ProofFile.Write(line, proof, forged, other.PublicKey);
        Assert.False(ProofFile.Check(theirs, new ProofAnchors()).Anchored);
        Assert.Equal(LedgerVerdict.Broken, Check(theirs, new ProofAnchors { Key = head.Key }));

        // One byte anywhere, but for white space between members.
        for (int i = 0; i < file.Length; i++)
        {
            if (file[i] > (byte)' ')
            {
                byte[] changed = (byte[])file.Clone();
                changed[i] ^= 1;
                Assert.NotEqual(LedgerVerdict.Whole, Check(changed, new ProofAnchors { Key = head.Key }));
            }
        }

        Assert.Equal(LedgerVerdict.NotReadable, Check("{}"u8.ToArray()));
        Assert.Equal(LedgerVerdict.NotReadable, Check(new byte[ProofFile.Limit + 1]));
    }

    /// <summary>6.6.1.4-d: whose signature it was is decided by the way to a root that the auditor brings, not by what stands in the log.</summary>
    [Fact]
    [Clause("6.6.1.4-d")]
    public async Task Signers_are_verified_by_their_path_to_a_root_that_was_given()
    {
        using Sm2KeyPair root = Sm2KeyPair.Generate(), issuing = Sm2KeyPair.Generate(), other = Sm2KeyPair.Generate();
        Certificate rootCertificate = Certify("CN=root", "CN=root", root, root, authority: true);
        Certificate issuer = Certify("CN=issuing", "CN=root", issuing, root, authority: true);
        byte[] person = Certify("CN=李四", "CN=issuing", place.Person, issuing, authority: false).Encode();
        await using (Database database = await place.OpenDatabaseAsync())
        await using (Ledger ledger = await place.OpenLedgerAsync(database))
        {
            SignedAct act = SignedAct.Sign(ActStatement.Create(RecordsPlace.Room, "test.act", "thing/1", "-", "{}"u8, person, place.Clock.GetUtcNow()), place.Person);
            await ledger.AppendAsync(
                new LedgerRecord { Actor = "李四", Act = "test.act", Object = "thing/1", Outcome = LedgerOutcome.Done, Statement = act.Statement, Signature = act.Signature, Certificate = person }, Ct);
            await ledger.SignHeadAsync(Ct);
        }

        LedgerReport Verify(params Certificate[] authorities) => LedgerVerifier.Verify(place.Audit, new LedgerVerification { Authorities = authorities });
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Audit, since: null).Verdict);
        Assert.Equal(LedgerVerdict.Whole, Verify(issuer, rootCertificate).Verdict);
        Assert.Contains("does not lead to a root", Assert.Single(Verify(rootCertificate).Findings).Message, StringComparison.Ordinal);
        Assert.Contains("does not lead to a root", Assert.Single(Verify(issuer).Findings).Message, StringComparison.Ordinal);
        // A CA of the same name with another key is another CA.
        Certificate impostor = Certify("CN=issuing", "CN=root", other, root, authority: true);
        Assert.Equal(LedgerFault.Act, Assert.Single(Verify(impostor, rootCertificate).Findings).Fault);
    }

    private Certificate Certify(string subject, string issuer, Sm2KeyPair key, Sm2KeyPair signer, bool authority) => Certificate.Sign(
        new TbsCertificate
        {
            SerialNumber = SerialNumber.Create(),
            Signature = AlgorithmIdentifier.Sm2WithSm3,
            Issuer = DistinguishedName.Parse(issuer),
            Subject = DistinguishedName.Parse(subject),
            NotBefore = place.Clock.GetUtcNow().AddDays(-1),
            NotAfter = place.Clock.GetUtcNow().AddYears(5),
            PublicKey = key.PublicKey,
            Extensions = authority ? [new BasicConstraints(true, null).ToExtension()] : [],
        },
        signer);
}
