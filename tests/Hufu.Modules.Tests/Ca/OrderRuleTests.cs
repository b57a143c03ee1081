using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Steps 1 and 2: whose acts, over which data, about which key.</summary>
public sealed class OrderRuleTests
{
    [Fact]
    public async Task R14_ActsByAStrangersCertificateAreRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var stranger = place.Authority.Person("李录入");
        await Refusals.ExpectAsync(RefusalCode.PersonUnknown, () => place.IssueAsync(place.Sign(place.Order(holder), clerk: stranger)));
        await Refusals.ExpectAsync(RefusalCode.PersonUnknown, () => place.IssueAsync(place.Sign(place.Order(holder), vetter: stranger)));
    }

    [Fact]
    public async Task R14_AHoldersCertificateSignsNoOrder()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var certificate = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        var person = new TestPerson("某市大数据局", holder, certificate);
        using var second = Sm2KeyPair.Generate();
        await Refusals.ExpectAsync(RefusalCode.PersonUnknown, () => place.IssueAsync(place.Sign(place.Order(second, "A2"), vetter: person)));
    }

    [Fact]
    public async Task R14_AnotherRolesActIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await Refusals.ExpectAsync(RefusalCode.RoleMissing, () => place.IssueAsync(place.Sign(place.Order(holder), clerk: place.Administrator)));
        await Refusals.ExpectAsync(RefusalCode.RoleMissing, () => place.IssueAsync(place.Sign(place.Order(holder), clerk: place.Vetter, vetter: place.Clerk)));
    }

    [Fact]
    public async Task R14_ARevokedVettersActIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        await place.Desks.Revocation.RevokeAsync(
            new RevokePair(place.Vetter.Certificate!.SerialHex, Contracts.RevocationReason.AffiliationChanged, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
        await Refusals.ExpectAsync(RefusalCode.CertificateNotValid, () => place.IssueAsync(order));
    }

    [Fact]
    public async Task R14_AForgedSignatureIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        var forged = order with { Approval = order.Approval with { Signature = order.Entry.Signature } };
        await Refusals.ExpectAsync(RefusalCode.SignatureInvalid, () => place.IssueAsync(forged));
        await Refusals.ExpectAsync(RefusalCode.Malformed, () => place.IssueAsync(order with { Entry = order.Entry with { Statement = "yes" } }));
        await Refusals.ExpectAsync(RefusalCode.Malformed, () => place.IssueAsync(order with { EntryCertificate = [0x30, 0x00] }));
    }

    [Fact]
    public async Task R14_AStatementForAnotherRoomByAnotherCertificateOrOfTomorrowIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        var ahead = Hufu.Testing.SourceTree.Policy.Values.ActTimeWindow;
        await Refuse(RefusalCode.StatementMismatch, said => said with { Room = Rooms.Kmc });
        await Refuse(RefusalCode.StatementMismatch, said => said with { Person = ActStatement.Digest(place.Vetter.Certificate!.RawData.Span) });
        await Refuse(RefusalCode.StatementStale, said => said with { Time = said.Time + ahead + TimeSpan.FromSeconds(1) });
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        await place.IssueAsync(order);

        // Signed anew by the clerk's own key: nothing else is wrong with it.
        async Task Refuse(RefusalCode code, Func<ActStatement, ActStatement> change)
        {
            Assert.True(ActStatement.TryParse(order.Entry.Statement, out var said));
            Assert.Equal("entry", (await Refusals.ExpectAsync(code, () => place.IssueAsync(order with { Entry = SignedAct.Sign(change(said), place.Clerk.Key) }))).Field);
        }
    }

    [Fact]
    [Clause("6.6.1.2-d")]
    public async Task R15_OnePersonsTwoActsAreRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await Refusals.ExpectAsync(RefusalCode.RoleMissing, () => place.IssueAsync(place.Sign(place.Order(holder), clerk: place.Vetter)));

        // The same name with another key and the other role is not even certified.
        using var twin = new TestPerson(place.Clerk.Name);
        await Refusals.ExpectAsync(RefusalCode.RolesIncompatible, () => place.CertifyAsync(Roles.Vetter, twin, place.Administrator));
    }

    [Fact]
    [Clause("6.6.1.2-d")]
    public async Task R15_TwoPersonsActed_CertificateKeyAndNameDiffer()
    {
        await using var place = await CaPlace.OpenAsync();
        var clerk = Evidence(place.Clerk);
        Hufu.Ca.Rules.TwoPersonsActed.Demand(clerk, Evidence(place.Vetter));
        Refusals.Expect(RefusalCode.SamePerson, () => Hufu.Ca.Rules.TwoPersonsActed.Demand(clerk, clerk));
        Refusals.Expect(RefusalCode.SamePerson, () => Hufu.Ca.Rules.TwoPersonsActed.Demand(clerk, Evidence(place.Vetter, name: place.Clerk.Name)));

        static Hufu.Ca.Rules.StaffEvidence Evidence(TestPerson person, string? name = null) => new(
            person.Certificate!, null, new Hufu.Ca.Certificates.StaffRow("operational", "01", "ra", "x", name ?? person.Name, null), false);
    }

    [Fact]
    public async Task R06_ActsCoverTheData_EveryChangeAfterThemIsFound()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        var moved = new Dictionary<string, string>(order.Fields, StringComparer.Ordinal) { ["province"] = "上海市" };
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => place.IssueAsync(order with { Fields = moved }));
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => place.IssueAsync(order with { Application = "A2" }));
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => place.IssueAsync(order with { Profile = "server" }));
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => place.IssueAsync(order with { Request = place.Order(other).Request }));
    }

    [Fact]
    public async Task R06_FieldsIdentifyHolder_TheIdentifierIsComputedAgain()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => place.IssueAsync(place.Order(holder) with { HolderIdentifier = new string('0', 64) }));
    }

    [Fact]
    public async Task R06_AnApprovalOlderThanTheEntryIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        place.Clock.Advance(TimeSpan.FromSeconds(1));
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => place.IssueAsync(order with { Entry = place.Sign(order).Entry }));
    }

    [Fact]
    public async Task R13_FieldsAreCheckedAgain()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await Refuse("creditCode", "91110108MA01HF2610", RefusalCode.ChecksumWrong);
        await Refuse("agentIdentityNumber", "110105194912310021", RefusalCode.ChecksumWrong);
        await Refuse("organisationName", new string('长', 65), RefusalCode.NameTooLong);
        await Refuse("organisationName", "某市\u0007局", RefusalCode.FieldInvalid);
        await Refuse("organisationName", "", RefusalCode.FieldMissing);
        await Refuse("nickname", "x", RefusalCode.FieldInvalid);

        async Task Refuse(string field, string value, RefusalCode code)
        {
            var fields = CaPlace.Organisation();
            fields[field] = value;
            Assert.Equal(field, (await Refusals.ExpectAsync(code, () => place.IssueAsync(place.Order(holder, fields: fields)))).Field);
        }
    }

    [Fact]
    [Clause("6.1.3.2-a")]
    public async Task PossessionIsProven_EachWayToFailIsNamed()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        Assert.Contains("another key", (await Refuse(new ForgedSigner(holder, data => other.Sign(data)))).Evidence, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("without Z", (await Refuse(new ForgedSigner(holder, data => holder.SignDigest(Sm3.HashData(data))))).Evidence, StringComparison.Ordinal);
        Assert.Contains("empty user id", (await Refuse(new ForgedSigner(holder, data => EmptyId(holder, data)))).Evidence, StringComparison.Ordinal);

        async Task<Refusal> Refuse(ISigner signer)
        {
            var order = place.Order(holder) with { Request = CertificationRequest.Create(TestAuthority.Name("x"), signer).Encode() };
            return await Refusals.ExpectAsync(RefusalCode.PossessionNotProven, () => place.IssueAsync(place.Sign(order)));
        }

        static byte[] EmptyId(Sm2KeyPair key, byte[] data)
        {
            var signature = new byte[Sm2.SignatureSize];
            key.PrivateKey.SignData([], data, signature);
            return Sm2SignatureValue.Encode(signature);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(200)]
    [Clause("6.6.2.1-f")]
    public async Task R16_KeyIsAcceptable_GuessableKeysAreRefused(int d)
    {
        await using var place = await CaPlace.OpenAsync();
        var bytes = new byte[Sm2.PrivateKeySize];
        bytes[^1] = (byte)d;
        Assert.True(Sm2PrivateKey.TryImport(bytes, out var key));
        using var holder = new Sm2KeyPair(key);
        await Refusals.ExpectAsync(RefusalCode.KeyWeak, () => place.IssueAsync(place.Order(holder)));
    }

    [Fact]
    public async Task R16_KeyBelongsToHolder_AnotherHoldersKeyIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(holder));
        var fields = CaPlace.Organisation("另一单位");
        fields["creditCode"] = "91110105MA02RRW082";
        await Refusals.ExpectAsync(RefusalCode.KeyReused, () => place.IssueAsync(place.Order(holder, "A2", fields: fields)));
        await Refusals.ExpectAsync(RefusalCode.KeyReused, () => place.IssueAsync(place.Order(holder, "A3")));
        await Refusals.ExpectAsync(RefusalCode.KeyReused, () => place.IssueAsync(place.Order(place.Clerk.Key, "A4")));
    }

    [Fact]
    public async Task R16_AnEscrowedKeyNeverBecomesASigningKey()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(holder));
        await Refusals.ExpectAsync(RefusalCode.KeyReused, () => place.IssueAsync(place.Order(place.KeyCentre.PairOf(1), "A2")));
    }

    [Fact]
    public async Task R16_ACompromisedKeyIsBlockedForEver()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var issued = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        await place.Desks.Revocation.RevokeAsync(
            new RevokePair(issued.SerialHex, Contracts.RevocationReason.KeyCompromise, "holder", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
        await Refusals.ExpectAsync(RefusalCode.KeyWeak, () => place.IssueAsync(place.Order(holder, "A2")));
    }

    [Fact]
    public async Task SubjectIsUnique_AnotherHoldersNameIsRefused()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        await place.IssueAsync(place.Order(holder));
        var fields = CaPlace.Organisation();
        fields["creditCode"] = "91110105MA02RRW082";
        await Refusals.ExpectAsync(RefusalCode.SubjectNotUnique, () => place.IssueAsync(place.Order(other, "A2", fields: fields)));
    }

    [Theory]
    [InlineData("administrator")]
    [InlineData("operational-ca")]
    [InlineData("nothing")]
    public async Task R05_OrdersAreForHoldersProfilesOnly(string profile)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        await Refusals.ExpectAsync(RefusalCode.ProfileUnknown, () => place.IssueAsync(place.Sign(place.Order(holder) with { Profile = profile })));
    }

    private sealed class ForgedSigner(Sm2KeyPair key, Func<byte[], byte[]> sign) : ISigner
    {
        public SubjectPublicKeyInfo PublicKey => key.PublicKey;

        public AlgorithmIdentifier Algorithm => key.Algorithm;

        public byte[] Sign(ReadOnlySpan<byte> data) => sign(data.ToArray());
    }
}
