using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>A room whose device waits for its operator (6.6.2.2-a, -e).</summary>
public sealed class GuardedRoomTests : IAsyncLifetime, IDisposable
{
    private const string Pin = "operator pin 1";
    private static readonly DateTimeOffset Now = TestAuthority.From.AddMonths(6);
    private readonly TempFolder _folder = new();
    private readonly FakeClock _clock = new(Now);
    private readonly TestAuthority _authority = new();
    private readonly SoftToken _operator;
    private readonly SoftToken _stranger;
    private RoomIdentity _identity = null!;
    private Database _database = null!;
    private Ledger _ledger = null!;
    private DeviceActivation _activation = null!;
    private Dictionary<string, string> _closed = [];

    public GuardedRoomTests()
    {
        _operator = Token("operator");
        _stranger = Token("stranger");
        GuardedDevice.Create(_folder["guarded"], [Key(_operator)], [.. Enumerable.Range(1, 3).Select(i => Key(Token($"holder{i}")))], 2, DeviceOptions.ForTests);
        using SoftwareDevice device = GuardedDevice.Activate(_folder["guarded"], _operator.GetDecryptor("c"));
        device.GenerateKeyPair("sign", KeyUse.Signing);
        device.GenerateKeyPair("encrypt", KeyUse.Encryption);
        device.GenerateKeyPair("audit", KeyUse.Signing);
        device.GenerateKeyPair("root", KeyUse.Signing);
    }

    public async ValueTask InitializeAsync()
    {
        _identity = RoomIdentity.FindGuarded(Rooms.Ca, _folder.Path, _folder["guarded"]);
        _database = await Database.OpenAsync(new DatabaseOptions { Path = _folder["ca.db"], Clock = _clock }, Post.Migrations, CancellationToken.None);
        _ledger = await Ledger.OpenAsync(
            new LedgerOptions { Database = _database, Directory = _folder["audit"], Origin = Rooms.Ca, Signer = _identity.AuditSigner, Clock = _clock, RetryEvery = TimeSpan.FromMilliseconds(20) }, CancellationToken.None);
        _activation = new DeviceActivation(_identity, _ledger, () => _closed, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        await _database.DisposeAsync();
        _activation.Dispose();
        _identity.Dispose();
        Dispose();
    }

    public void Dispose()
    {
        _operator.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    private SoftToken Token(string name)
    {
        SoftToken token = SoftToken.Create(_folder["t-" + name], name, Pin, DeviceOptions.ForTests);
        token.GenerateSigningPair("c", KeyUse.Both);
        token.ImportCertificate("c", KeyUse.Signing, _authority.Issue(token.GetSigner("c").PublicKey, name, KeyUsages.DigitalSignature));
        return token;
    }

    private static Sm2PublicKey Key(SoftToken token) => token.GetSigner("c").PublicKey.RequireSm2();

    private static Certificate CertificateOf(SoftToken token) => token.ExportCertificate("c", KeyUse.Signing);

    private Task<OperatorTalk> BeginAsync(SoftToken token) => _activation.BeginAsync(CertificateOf(token), DeviceActivation.ActivateAct, CancellationToken.None);

    private SignedAct Sign(OperatorTalk talk, string act, byte[] payload, string room = Rooms.Ca, TimeSpan late = default) => SignedAct.Sign(
        new ActStatement(
            room, act, DeviceActivation.ObjectOf(room), talk.State, ActStatement.Digest(payload), ActStatement.Digest(CertificateOf(_operator).RawData.Span), _clock.GetUtcNow() + late, SecureRandom.NewId()),
        _operator.GetSigner("c"));

    private async Task ActivateAsync()
    {
        using OperatorTalk talk = await BeginAsync(_operator);
        byte[] secret = _operator.ReEnvelop("c", talk.Activation, talk.To);
        await _activation.ActivateAsync(talk, Sign(talk, DeviceActivation.ActivateAct, secret), secret, CancellationToken.None);
    }

    private async Task<Refusal> RefusedAsync(OperatorTalk talk, SignedAct act, byte[] secret) =>
        (await Assert.ThrowsAsync<RefusedException>(() => _activation.ActivateAsync(talk, act, secret, CancellationToken.None))).Refusal;

    private string Records() => File.ReadAllText(_folder["audit/records.jsonl"]);

    [Fact]
    [Clause("6.6.1.4-a")]
    [Clause("6.6.2.2-e")]
    public async Task A_locked_room_refuses_in_words_works_once_activated_and_refuses_again()
    {
        IDataCipher cipher = _identity.DataCipher("papers");
        foreach (Action use in new Action[]
        {
            () => _identity.Signer.Sign("x"u8), () => _identity.Decryptor.Decrypt(Sm2Cipher.Encrypt(_identity.Decryptor.PublicKey.RequireSm2(), "x"u8).Encode()), () => cipher.Seal("x"u8, "y"u8),
            () => _identity.MakeRequests(DistinguishedName.Parse("CN=ca,C=CN")),
        })
        {
            Refusal refusal = Assert.Throws<RefusedException>(use).Refusal;
            Assert.Equal(RefusalCode.DeviceUnavailable, refusal.Code);
            Assert.Contains("hufu activate ca", refusal.Evidence, StringComparison.Ordinal);
        }

        await ActivateAsync();
        Assert.True(_identity.IsActive);
        Assert.True(_identity.Signer.PublicKey.Verify(_identity.Signer.Algorithm, "x"u8, _identity.Signer.Sign("x"u8)));
        cipher.Seal("x"u8, "y"u8);
        await _activation.DeactivateAsync("end of the shift", CancellationToken.None);
        Assert.Equal(RefusalCode.DeviceUnavailable, Assert.Throws<RefusedException>(() => _identity.Signer.Sign("x"u8)).Refusal.Code);
        await ActivateAsync();
        using (OperatorTalk talk = await BeginAsync(_operator))
        {
            await _activation.DeactivateAsync(talk, Sign(talk, DeviceActivation.DeactivateAct, []), CancellationToken.None);
        }

        Assert.False(_identity.IsActive);

        // All of it is in the ledger, under heads that the audit key signed before it was shut.
        LedgerReport report = LedgerVerifier.Verify(_folder["audit"], (SignedHead?)null);
        Assert.Empty(report.Findings);
        string records = Records();
        Assert.Equal((2, 2), (Count(records, "\"act\":\"device.activate\""), Count(records, "\"act\":\"device.deactivate\"")));
        Assert.Contains("end of the shift", records, StringComparison.Ordinal);
        Assert.Equal(_ledger.Size, _ledger.Head!.Size);
    }

    [Fact]
    [Clause("6.6.2.2-a")]
    public async Task An_operator_whose_certificate_has_ended_or_not_begun_activates_nothing()
    {
        foreach (DateTimeOffset moment in new[] { CertificateOf(_operator).NotAfter + TimeSpan.FromSeconds(2), CertificateOf(_operator).NotBefore - TimeSpan.FromSeconds(2) })
        {
            _clock.Set(moment);
            using OperatorTalk talk = await BeginAsync(_operator);
            byte[] secret = _operator.ReEnvelop("c", talk.Activation, talk.To);
            Assert.Equal(RefusalCode.CertificateNotValid, (await RefusedAsync(talk, Sign(talk, DeviceActivation.ActivateAct, secret), secret)).Code);
            Assert.False(_identity.IsActive);
        }
    }

    [Fact]
    [Clause("6.6.2.2-a")]
    public async Task Only_the_operator_in_this_conversation_and_now_activates()
    {
        Assert.Equal(RefusalCode.RoleMissing, (await Assert.ThrowsAsync<RefusedException>(() => BeginAsync(_stranger))).Refusal.Code);
        using OperatorTalk earlier = await BeginAsync(_operator);
        using OperatorTalk talk = await BeginAsync(_operator);
        byte[] secret = _operator.ReEnvelop("c", talk.Activation, talk.To);
        byte[] other = _operator.ReEnvelop("c", talk.Activation, earlier.To);
        SignedAct good = Sign(talk, DeviceActivation.ActivateAct, secret);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(talk, Sign(earlier, DeviceActivation.ActivateAct, secret), secret)).Code);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(talk, Sign(talk, DeviceActivation.DeactivateAct, secret), secret)).Code);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(talk, Sign(talk, DeviceActivation.ActivateAct, secret, Rooms.Kmc), secret)).Code);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(talk, good, other)).Code);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(talk, Sign(talk, DeviceActivation.ActivateAct, other), other)).Code);
        Assert.Equal(RefusalCode.StatementStale, (await RefusedAsync(talk, Sign(talk, DeviceActivation.ActivateAct, secret, late: TimeSpan.FromMinutes(-6)), secret)).Code);
        Assert.Equal(RefusalCode.SignatureInvalid, (await RefusedAsync(talk, good with { Signature = [.. good.Signature[..^1], (byte)(good.Signature[^1] ^ 1)] }, secret)).Code);
        Assert.False(_identity.IsActive);
        // The ledger sleeps with its key: the eight refusals wait, over a restart too, and are on record before the activation itself.
        Assert.Equal(8, File.ReadAllLines(_folder["refused-activations.jsonl"]).Length);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _activation.ActivateAsync(talk, good, secret, CancellationToken.None);
        Assert.True(_identity.IsActive);
        Assert.False(File.Exists(_folder["refused-activations.jsonl"]));
        await _ledger.SignHeadAsync(CancellationToken.None);
        string[] lines = [.. File.ReadAllLines(_folder["audit/records.jsonl"]).Where(line => line.Contains("\"act\":\"device.activate\"", StringComparison.Ordinal))];
        Assert.Equal(9, lines.Length);
        Assert.All(lines[..8], line => Assert.Contains("\"outcome\":\"refused\"", line, StringComparison.Ordinal));
        Assert.All(lines[..8], line => Assert.Contains($"\"attemptedAt\":\"{Now:yyyy-MM-dd'T'HH:mm}", line, StringComparison.Ordinal));
        Assert.Contains("\"code\":\"RoleMissing\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"code\":\"SignatureInvalid\"", lines[7], StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"done\"", lines[8], StringComparison.Ordinal);
        Assert.Empty(LedgerVerifier.Verify(_folder["audit"], (SignedHead?)null).Findings);
        // While it works, refusals go straight into it.
        using OperatorTalk late = await BeginAsync(_operator);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(late, good, secret)).Code);
        Assert.False(File.Exists(_folder["refused-activations.jsonl"]));
    }

    [Fact]
    [Clause("6.6.2.2-d")]
    public async Task A_key_that_a_ceremony_closed_is_archived_before_anything_can_use_it()
    {
        string digest = CeremonyTranscript.Digest(_identity.Device.PublicKeyOf("root").RawData.Span);
        ISigner root = _identity.Device.GetSigner("root");
        _closed = new() { [digest] = "archived by the ceremony x" };
        await ActivateAsync();
        Assert.Equal(DeviceError.KeyArchived, Assert.Throws<DeviceException>(() => root.Sign("x"u8)).Error);
        _identity.Signer.Sign("x"u8);
        await _ledger.SignHeadAsync(CancellationToken.None);
        Assert.Equal(1, Count(Records(), "\"act\":\"device.key.archive\""));
        Assert.Contains(digest, Records(), StringComparison.Ordinal);

        // In the device's own file: no setting and no forgotten archive brings it back.
        using SoftwareDevice device = GuardedDevice.Activate(_folder["guarded"], _operator.GetDecryptor("c"));
        Assert.NotNull(device.ArchivedAt("root"));
    }

    [Fact]
    public void A_guarded_device_without_the_role_keys_is_refused_in_words()
    {
        GuardedDevice.Create(_folder["bare"], [Key(_operator)], [.. Enumerable.Range(4, 3).Select(i => Key(Token($"holder{i}")))], 2, DeviceOptions.ForTests);
        Assert.Contains("room-device.yaml", Assert.Throws<InvalidDataException>(() => RoomIdentity.FindGuarded(Rooms.Ca, _folder.Path, _folder["bare"])).Message, StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
