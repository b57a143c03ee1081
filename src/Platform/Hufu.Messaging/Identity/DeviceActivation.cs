using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>
/// Activation of a room's guarded device by its operator's token and PIN, and its deactivation (6.6.2.2-a, -e), while the room runs; all of it in the room's ledger.
/// One conversation: <see cref="BeginAsync"/> gives what the token opens and a key of this conversation; the operator's machine opens it, envelops it to that key and signs a statement
/// over both; <see cref="ActivateAsync"/> takes them. Neither the token's PIN nor the device's passes in the clear.
/// </summary>
/// <param name="identity">The room's identity over a guarded device.</param>
/// <param name="ledger">The room's ledger.</param>
/// <param name="closed">The keys that ceremonies have closed: they are archived before anything else can use the device.</param>
/// <param name="clock">The clock.</param>
public sealed class DeviceActivation(RoomIdentity identity, Ledger ledger, Func<IReadOnlyDictionary<string, string>> closed, TimeProvider clock) : IDisposable
{
    /// <summary>The act of a statement that activates.</summary>
    public const string ActivateAct = "device.activate";

    /// <summary>The act in the ledger when a key was archived because a ceremony elsewhere closed it.</summary>
    public const string ArchiveAct = "device.key.archive";

    /// <summary>The act of a statement that deactivates.</summary>
    public const string DeactivateAct = "device.deactivate";

    /// <summary>How far the statement's time may be from the room's clock.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    /// <summary>How long the ledger may take to be writable again after the audit key works: its keeper tries once a second.</summary>
    private static readonly TimeSpan s_ledgerWait = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly WaitingRefusals _waiting = new(identity.WaitingRefusalsFile);

    /// <summary>Begins a conversation with an operator. The caller disposes it.</summary>
    /// <param name="certificate">The operator's certificate; its key is what makes an operator, the certificate names the person.</param>
    /// <param name="act">What is wanted, for the record of a refusal.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">FieldInvalid: the room's device is not a guarded one; RoleMissing: the key is no operator's of this device.</exception>
    public async Task<OperatorTalk> BeginAsync(Certificate certificate, string act, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        string folder = identity.GuardedFolder ?? throw new RefusedException(RefusalCode.FieldInvalid, $"The device of '{identity.Room}' starts by itself; nobody activates it.", "room");
        if (certificate.PublicKey.Sm2 is not { } key)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "An operator's key is an SM2 key.", "certificate");
        }

        try
        {
            return new OperatorTalk(certificate, GuardedDevice.ActivationOf(folder, key));
        }
        catch (DeviceException e) when (e.Error == DeviceError.NotTheOperator)
        {
            Refusal refusal = new(RefusalCode.RoleMissing, e.Message, "certificate");
            await RefusedAsync(Record(OperatorTalk.NameOf(certificate), act, null, null), refusal, certificate, ct).ConfigureAwait(false);
            throw new RefusedException(refusal);
        }
    }

    /// <summary>Activates the room's device. What was activated already stays so, and is not recorded again.</summary>
    /// <param name="talk">The conversation.</param>
    /// <param name="act">The operator's statement: this room, <see cref="ActivateAct"/>, <c>device/ROOM</c>, the conversation's state, over <paramref name="sealedSecret"/>.</param>
    /// <param name="sealedSecret">What the token opened, enveloped to the conversation's key: DER SM2Cipher.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">SignatureInvalid, StatementStale, FieldInvalid, DeviceUnavailable.</exception>
    [Clause("6.6.2.2-a")]
    public async Task ActivateAsync(OperatorTalk talk, SignedAct act, byte[] sealedSecret, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(talk);
        ArgumentNullException.ThrowIfNull(act);
        ArgumentNullException.ThrowIfNull(sealedSecret);
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            bool already = identity.IsActive;
            IReadOnlyList<(string Label, string Digest, string Reason)> archived;
            try
            {
                Demand(talk, act, ActivateAct, sealedSecret);
                byte[] secret = talk.Open(sealedSecret);
                try
                {
                    archived = identity.Activate(secret, closed(), clock.GetUtcNow());
                }
                catch (Exception e) when (e is DeviceException or InvalidDataException)
                {
                    throw new RefusedException(RefusalCode.DeviceUnavailable, e.Message);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(secret);
                }
            }
            catch (RefusedException e)
            {
                await RefusedAsync(Record(talk.Name, ActivateAct, act, talk.Certificate), e.Refusal, talk.Certificate, ct).ConfigureAwait(false);
                throw;
            }

            if (!already)
            {
                await ActivatedAsync(talk, act, archived, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Deactivates the room's device by its operator's statement.</summary>
    /// <param name="talk">The conversation.</param>
    /// <param name="act">As for <see cref="ActivateAsync"/>, with <see cref="DeactivateAct"/> and an empty payload.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">SignatureInvalid, StatementStale.</exception>
    [Clause("6.6.2.2-e")]
    public async Task DeactivateAsync(OperatorTalk talk, SignedAct act, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(talk);
        ArgumentNullException.ThrowIfNull(act);
        try
        {
            Demand(talk, act, DeactivateAct, []);
        }
        catch (RefusedException e)
        {
            await RefusedAsync(Record(talk.Name, DeactivateAct, act, talk.Certificate), e.Refusal, talk.Certificate, ct).ConfigureAwait(false);
            throw;
        }

        await DeactivateAsync(Record(talk.Name, DeactivateAct, act, talk.Certificate), ct).ConfigureAwait(false);
    }

    /// <summary>Deactivates the room's device without a token: whoever stands at the machine may always shut it.</summary>
    /// <param name="reason">Why, for the ledger.</param>
    /// <param name="ct">Cancels.</param>
    [Clause("6.6.2.2-e")]
    public Task DeactivateAsync(string reason, CancellationToken ct) =>
        DeactivateAsync(Record("local", DeactivateAct, null, null) with { Detail = new JsonObject { ["reason"] = reason } }, ct);

    private async Task DeactivateAsync(LedgerRecord record, CancellationToken ct)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (!identity.IsActive)
            {
                return;
            }

            try
            {
                // The head that covers the deactivation is the last thing that the audit key signs.
                await ledger.AppendAsync(record, ct).ConfigureAwait(false);
                await ledger.SignHeadAsync(ct).ConfigureAwait(false);
            }
            finally
            {
                // Shutting is never hindered by a full disk.
                identity.Device.Deactivate();
            }
        }
        finally
        {
            _one.Release();
        }
    }

    // R24: an activation that cannot be put on record is undone.
    private async Task ActivatedAsync(OperatorTalk talk, SignedAct act, IReadOnlyList<(string Label, string Digest, string Reason)> archived, CancellationToken ct)
    {
        try
        {
            await WritableAsync(ct).ConfigureAwait(false);
            await _waiting.TellAsync(ledger, ct).ConfigureAwait(false);
            await ledger.AppendAsync(Record(talk.Name, ActivateAct, act, talk.Certificate), ct).ConfigureAwait(false);
            await ToldAsync(ledger, archived, ct).ConfigureAwait(false);
        }
        catch
        {
            identity.Device.Deactivate();
            throw;
        }
    }

    /// <summary>Puts on record which keys were archived because a ceremony elsewhere closed them.</summary>
    /// <param name="ledger">The room's ledger.</param>
    /// <param name="archived">As <see cref="RoomIdentity.Close"/> gave it.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task ToldAsync(Ledger ledger, IReadOnlyList<(string Label, string Digest, string Reason)> archived, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(archived);
        foreach ((string label, string digest, string reason) in archived)
        {
            await ledger.AppendAsync(
                new LedgerRecord { Actor = "system", Act = ArchiveAct, Object = $"key/{label}", Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["key"] = digest, ["reason"] = reason } }, ct).ConfigureAwait(false);
        }
    }

    // While the audit key slept the ledger could not sign its heads and took no records; its keeper tries again every second.
    private async Task WritableAsync(CancellationToken ct)
    {
        await ledger.SignHeadAsync(ct).ConfigureAwait(false);
        long began = clock.GetTimestamp();
        while (!ledger.IsWritable)
        {
            if (clock.GetElapsedTime(began) > s_ledgerWait)
            {
                throw new RefusedException(RefusalCode.LedgerUnavailable, $"The ledger of '{identity.Room}' could not be written for {s_ledgerWait.TotalSeconds:0} s after the activation, which was undone.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct).ConfigureAwait(false);
        }
    }

    private async Task RefusedAsync(LedgerRecord record, Refusal refusal, Certificate certificate, CancellationToken ct)
    {
        JsonObject detail = new() { ["code"] = refusal.Code.ToString(), ["evidence"] = refusal.Evidence, ["certificate"] = ActStatement.Digest(certificate.RawData.Span) };
        LedgerRecord refused = record with { Outcome = LedgerOutcome.Refused, Detail = detail };
        try
        {
            if (identity.IsActive)
            {
                await ledger.AppendAsync(refused, ct).ConfigureAwait(false);
                return;
            }
        }
        catch (LedgerException)
        {
            // It waits like one at a sleeping room.
        }

        // A sleeping room's ledger takes only what its last head allows; what was tried goes into it with the next activation.
        _waiting.Add(refused, clock.GetUtcNow());
    }

    private void Demand(OperatorTalk talk, SignedAct act, string name, ReadOnlySpan<byte> payload)
    {
        // 1 the text is a statement; 2 of this room, act, device, conversation and payload, by this person; 3 signed by them; 4 now.
        if (!ActStatement.TryParse(act.Statement, out ActStatement? statement) || statement.Room != identity.Room || statement.Act != name || statement.Object != ObjectOf(identity.Room)
            || statement.State != talk.State || statement.PayloadDigest != ActStatement.Digest(payload) || statement.Person != ActStatement.Digest(talk.Certificate.RawData.Span))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The statement is not one about {name} of this conversation.", "statement");
        }

        if (!act.Verify(talk.Certificate.PublicKey))
        {
            throw new RefusedException(RefusalCode.SignatureInvalid, "The statement is not signed by the operator's key.", "signature");
        }

        DateTimeOffset now = clock.GetUtcNow();
        if ((now - statement.Time).Duration() > s_window)
        {
            throw new RefusedException(RefusalCode.StatementStale, $"The statement is of {statement.Time:u}; the room's clock says {now:u}.", "time");
        }

        if (!talk.Certificate.IsValidAt(now))
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"The operator's certificate is valid from {talk.Certificate.NotBefore:u} to {talk.Certificate.NotAfter:u}.", "certificate");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <summary>What an operator's statement is about.</summary>
    /// <param name="room">The room.</param>
    public static string ObjectOf(string room) => $"device/{room}";

    private LedgerRecord Record(string actor, string name, SignedAct? act, Certificate? certificate) => new()
    {
        Actor = actor,
        Act = name,
        Object = ObjectOf(identity.Room),
        Outcome = LedgerOutcome.Done,
        Statement = act?.Statement,
        Signature = act?.Signature,
        Certificate = certificate?.Encode(),
    };
}

/// <summary>A conversation with an operator at the room's local door; its key exists in this process's memory alone, and for this conversation alone.</summary>
public sealed class OperatorTalk : IDisposable
{
    private readonly Sm2PrivateKey _key = Sm2PrivateKey.Generate();

    internal OperatorTalk(Certificate certificate, byte[] activation)
    {
        Certificate = certificate;
        Activation = activation;
        To = _key.PublicKey;
        State = ActStatement.Digest(To.Encode());
    }

    /// <summary>The operator's certificate.</summary>
    public Certificate Certificate { get; }

    /// <summary>What the operator's token opens: DER SM2Cipher.</summary>
    public byte[] Activation { get; }

    /// <summary>To which the opened secret is enveloped.</summary>
    public Sm2PublicKey To { get; }

    /// <summary>What the statement names as state: SM3 of <see cref="To"/>, so that it is good in this conversation alone.</summary>
    public string State { get; }

    internal string Name => NameOf(Certificate);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    internal static string NameOf(Certificate certificate) =>
        certificate.Subject.CommonName is { Length: > 0 } name && System.Text.Encoding.UTF8.GetByteCount(name) <= 256 ? name : certificate.SerialHex;

    internal byte[] Open(byte[] sealedSecret)
    {
        try
        {
            return Sm2Cipher.Decode(sealedSecret).Decrypt(_key);
        }
        catch (PkiException)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The secret is not enveloped to this conversation's key.", "secret");
        }
    }
}
