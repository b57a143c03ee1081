using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>Recovery for justice (6.2.8-c).</summary>
public sealed class JusticeTests
{
    private static readonly CaseRemark Fine = new("文书齐全");

    [Theory]
    [InlineData(JusticeCarrier.OfficerCertificates)]
    [InlineData(JusticeCarrier.PaperKey)]
    [Clause("6.2.8-c")]
    public async Task Gmt0038_local_recovery_leaves_as_a_file_that_only_the_officers_open(JusticeCarrier protection)
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = Sm2KeyPair.Generate();
        using var first = Sm2KeyPair.Generate();
        using var second = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        var given = await place.GiveAsync(ca, number, holder.PublicKey);
        var order = Order(place, number, protection, first, second);
        var messages = await MessagesAsync(place);

        var entered = await RegisterAsync(place, staff, order);
        var at = $"justice/{entered.Id}";
        Assert.Equal("state-wrong", await place.RefusedAsync($"/justice/{entered.Id}/export", staff.Operator, ActNames.KmcJusticeExport, at, Fine, entered.StateToSign));
        var approved = await place.DoAsync<CaseRemark, CaseStep>($"/justice/{entered.Id}/approve", staff.Business, ActNames.KmcJusticeApprove, at, Fine, entered.StateToSign);
        Assert.Equal("state-wrong", await place.RefusedAsync($"/justice/{entered.Id}/export", staff.Operator, ActNames.KmcJusticeExport, at, Fine, approved.StateToSign));
        Assert.Equal("role-missing", await place.RefusedAsync($"/justice/{entered.Id}/witness", staff.Operator, ActNames.KmcJusticeWitness, at, Fine, approved.StateToSign));
        var witnessed = await place.DoAsync<CaseRemark, CaseStep>($"/justice/{entered.Id}/witness", staff.Auditor, ActNames.KmcJusticeWitness, at, Fine, approved.StateToSign);
        Assert.Equal("role-missing", await place.RefusedAsync($"/justice/{entered.Id}/export", staff.Business, ActNames.KmcJusticeExport, at, Fine, witnessed.StateToSign));
        var export = await place.DoAsync<CaseRemark, JusticeExport>($"/justice/{entered.Id}/export", staff.Operator, ActNames.KmcJusticeExport, at, Fine, witnessed.StateToSign);

        // The officers open it, each with their own key, or with the key on paper.
        var km = Certificate.Decode(place.Initialised!.Identity.SigningCertificate);
        var file = SignedMessage.Decode(export.File);
        Assert.Equal(MessageSignature.Valid, file.Verify(Assert.Single(file.Signers), km));
        var manifest = JsonSerializer.Deserialize<JusticeManifest>(file.Content!.Value.Span, ContractJson.Options)!;
        using var direct = given.ToEnvelopedKey().Open(holder);
        IDecryptor[] openers = protection == JusticeCarrier.PaperKey ? [Paper(export.CarrierKey!)] : [first, second];
        Assert.Equal(openers.Length, manifest.Keys.Count);
        foreach (var (opener, key) in openers.Zip(manifest.Keys))
        {
            using var opened = Sm2EnvelopedKey.Decode(key.EnvelopedKey).Open(opener);
            Assert.Equal(direct.PublicKey, opened.PublicKey);
            Assert.Throws<PkiException>(() => Sm2EnvelopedKey.Decode(key.EnvelopedKey).Open(holder));
        }

        Assert.Equal(protection == JusticeCarrier.PaperKey, export.CarrierKey is not null);

        // Neither the key nor what protects it lies in the clear anywhere; the register has the file; nobody was told; a second export is refused.
        var d = new byte[Sm2.PrivateKeySize];
        direct.Export(d);
        var secrets = new List<byte[]> { d, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(d)) };
        if (export.CarrierKey is { } carrier)
        {
            secrets.Add(Convert.FromHexString(carrier.Replace(" ", "", StringComparison.Ordinal)));
            secrets.Add(Encoding.ASCII.GetBytes(carrier));
            secrets.Add(Encoding.ASCII.GetBytes(carrier.Replace(" ", "", StringComparison.Ordinal)));
        }

        var ledger = await place.Room.LedgerAsync();
        foreach (var path in FileBytes.Below(place.Room.Context.DataDirectory))
        {
            var bytes = FileBytes.Read(path);
            Assert.All(secrets, secret => Assert.True(bytes.AsSpan().IndexOf(secret) < 0, path));
        }

        Assert.All(secrets, secret => Assert.True(export.File.AsSpan().IndexOf(secret) < 0));
        Assert.Contains(ledger, line => line.Contains("kmc.justice.export", StringComparison.Ordinal) && line.Contains(export.Sm3, StringComparison.Ordinal));
        Assert.Equal(messages, await MessagesAsync(place));
        Assert.DoesNotContain(FileBytes.Text(place.Room.Context.DataDirectory), "京公网安", StringComparison.Ordinal);
        Assert.Equal(
            "state-wrong",
            await place.RefusedAsync($"/justice/{entered.Id}/export", staff.Operator, ActNames.KmcJusticeExport, at, Fine, "done " + entered.StateToSign["entered ".Length..]));
    }

    [Fact]
    [Clause("6.2.8-c")]
    public async Task The_scope_the_papers_and_the_time_limit_are_kept()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = Sm2KeyPair.Generate();
        using var first = Sm2KeyPair.Generate();
        using var second = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        await place.GiveAsync(ca, number, holder.PublicKey);
        var good = Order(place, number, JusticeCarrier.PaperKey, first, second);

        Task<string?> Refused(JusticeOrder order) => place.RefusedAsync("/justice", staff.Operator, ActNames.KmcJusticeRegister, "justice/new", order);

        Assert.Equal("field-invalid", await Refused(good with { Officers = [good.Officers[0]] }));
        Assert.Equal("evidence-missing", await Refused(good with { Papers = [] }));
        Assert.Equal("field-invalid", await Refused(good with { ValidUntil = place.Now }));
        Assert.Equal("field-invalid", await Refused(good with { ValidUntil = place.Now.AddYears(1) }));
        Assert.Equal("unknown-object", await Refused(good with { UserCertNumbers = ["77"] }));
        Assert.Equal("evidence-missing", await Refused(good with { Protection = JusticeCarrier.OfficerCertificates, Officers = [.. good.Officers.Select(officer => officer with { Certificate = null })] }));

        var entered = await RegisterAsync(place, staff, good);
        var at = $"justice/{entered.Id}";
        var approved = await place.DoAsync<CaseRemark, CaseStep>($"/justice/{entered.Id}/approve", staff.Business, ActNames.KmcJusticeApprove, at, Fine, entered.StateToSign);
        var witnessed = await place.DoAsync<CaseRemark, CaseStep>($"/justice/{entered.Id}/witness", staff.Auditor, ActNames.KmcJusticeWitness, at, Fine, approved.StateToSign);
        place.Room.Clock.Set(good.ValidUntil);
        Assert.Equal("state-wrong", await place.RefusedAsync($"/justice/{entered.Id}/export", staff.Operator, ActNames.KmcJusticeExport, at, Fine, witnessed.StateToSign));
    }

    private static JusticeOrder Order(KmcPlace place, SerialNumber number, JusticeCarrier protection, Sm2KeyPair first, Sm2KeyPair second)
    {
        JusticeOfficer Officer(string name, string badge, Sm2KeyPair key) =>
            new(name, "京公网安", badge, place.Room.Authority.Issue(name, key.PublicKey, KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment).Encode());

        return new JusticeOrder(
            [Officer("吴警官", "0101", first), Officer("郑警官", "0102", second)], [new JusticePaper("调取证据通知书", "京公(网)调证字〔2026〕1号", new string('a', 64))],
            Rooms.Ca, [number.ToString()], place.Now.AddDays(7), protection, "加密 U 盘 SN0001");
    }

    private static Task<CaseStep> RegisterAsync(KmcPlace place, KmcStaff staff, JusticeOrder order) =>
        place.DoAsync<JusticeOrder, CaseStep>("/justice", staff.Operator, ActNames.KmcJusticeRegister, "justice/new", order);

    private static Task<long> MessagesAsync(KmcPlace place) =>
        place.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM outbox_item"), TestContext.Current.CancellationToken);

    private static Sm2KeyPair Paper(string carrier) =>
        new(Sm2PrivateKey.TryImport(Convert.FromHexString(carrier.Replace(" ", "", StringComparison.Ordinal)), out var key) ? key : throw new InvalidDataException());
}
