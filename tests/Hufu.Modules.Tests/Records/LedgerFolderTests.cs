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
