using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Kmc.Initialisation;
using Hufu.Kmc.Stores;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Services;

/// <summary>What follows from the two acts, done at once and completed at the next start when the process has ended between: certifying what was signed for, installing what was put in force.</summary>
/// <param name="context">The room.</param>
/// <param name="onChange">Called when other certificates are in force or stand beside: who serves with them reads them anew.</param>
internal sealed class ServiceRenewals(RoomContext context, Func<Task> onChange) : IDisposable
{
    /// <summary>The certificates for messages, which belong together: by the one that an order is enveloped to, the other under which it is answered is known.</summary>
    public static readonly IReadOnlyList<string> MessageUses = [RoomIdentity.SigningLabel, RoomIdentity.EncryptionLabel];

    /// <summary>All.</summary>
    public static readonly IReadOnlyList<string> Uses = [.. MessageUses, RoomIdentity.AuditLabel];

    // One certificate for a serial, one installation after the other.
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>The profile of a use's certificates.</summary>
    public static string ProfileOf(string use) => use switch
    {
        RoomIdentity.SigningLabel => "room-sign",
        RoomIdentity.EncryptionLabel => "room-encrypt",
        _ => "room-audit",
    };

    /// <summary>The KM organisation's key.</summary>
    public KmIssuer Issuer() => new(context.Policy, context.Identity.Device.GetSigner(KmIssuer.KeyLabel), context.Clock);

    /// <summary>Certifies what was signed for and is not certified yet.</summary>
    /// <returns>The renewal as it is then.</returns>
    public async Task<RenewedServices> CompleteAsync(long number, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await CertifyAsync(number);
        }
        finally
        {
            _one.Release();
        }

        await InstallAsync(ct);
        return await context.Database.ReadAsync(session => RenewalStore.Find(session, number)!.Show(CentreStore.Find(session)!.Certificate), ct);
    }

    /// <summary>At start, and every so often: completes what was interrupted. What cannot be (the device waits for its operator, restored and not reconciled) waits.</summary>
    public async Task CompleteAllAsync(CancellationToken ct)
    {
        if (!context.Identity.IsInstalled)
        {
            return;
        }

        foreach (var reserved in RestoreMark.IsSet(context.DataDirectory) || !context.Identity.IsActive ? [] : await context.Database.ReadAsync(session => RenewalStore.In(session, ServiceRenewalState.Reserved), ct))
        {
            await CompleteAsync(reserved.Number, ct);
        }

        await InstallAsync(ct);
    }

    /// <summary>Installs what was put in force and is not installed, in order, and says anew what stands beside.</summary>
    public async Task InstallAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await InstallAllAsync(ct);
            await onChange();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The signing certificates under which the key centre may answer beside the present one, and every key that it has had or will have for itself.</summary>
    public static (IReadOnlyList<Certificate> Signing, IReadOnlyList<SubjectPublicKeyInfo> Keys) Others(Session session)
    {
        var all = RenewalStore.All(session);
        return (
            [
                .. all.Where(one => one.State is ServiceRenewalState.InForce or ServiceRenewalState.Renewed).SelectMany(one => one.Certificates).Where(one => one.Use == RoomIdentity.SigningLabel)
                    .SelectMany(one => new[] { one.Follows, one.Der! }).Select(der => Certificate.Decode(der)).Distinct(),
            ],
            [.. all.SelectMany(one => one.Certificates).SelectMany(one => new[] { Certificate.Decode(one.Follows).PublicKey, SubjectPublicKeyInfo.Decode(one.PublicKey) }).Distinct()]);
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    // 2
    private async Task CertifyAsync(long number)
    {
        var (renewal, centre) = await context.Database.ReadAsync(session => (RenewalStore.Find(session, number)!, CentreStore.Find(session)!), CancellationToken.None);
        if (renewal.State != ServiceRenewalState.Reserved)
        {
            return;
        }

        RestoreMark.Demand(context.DataDirectory);
        var km = Certificate.Decode(centre.Certificate);
        var issuer = Issuer();
        var signed = renewal.Certificates.Select(one => (one.Use, Certificate: issuer.Follow(
            km, ProfileOf(one.Use), Certificate.Decode(one.Follows), SubjectPublicKeyInfo.Decode(one.PublicKey), SerialNumber.FromBytes(Convert.FromHexString(one.Serial))))).ToList();
        await context.Database.WriteAsync(
            session =>
            {
                var detail = new JsonObject();
                foreach (var (use, certificate) in signed)
                {
                    if (!RenewalStore.Keep(session, number, use, certificate.Encode()))
                    {
                        throw new InvalidOperationException($"The certificate for '{use}' of renewal {number} was signed already.");
                    }

                    CentreStore.Keep(session, certificate);
                    detail[use] = ActStatement.Digest(certificate.RawData.Span);
                }

                RenewalStore.Set(session, number, ServiceRenewalState.Renewed, null, null);
                context.Ledger.Append(session, Record("kmc.service.certified", number, detail));
            },
            CancellationToken.None);
    }

    // 3
    private async Task InstallAllAsync(CancellationToken ct)
    {
        var now = context.Clock.GetUtcNow();
        var (renewals, chain) = await context.Database.ReadAsync(session => (RenewalStore.All(session), CentreStore.Find(session)?.Certificate), ct);
        if (chain is null)
        {
            return;
        }

        var beside = Beside(renewals, now);
        foreach (var renewal in renewals.Where(one => one.State == ServiceRenewalState.InForce).Reverse())
        {
            try
            {
                if (context.Identity.FollowTogether(renewal.Certified(chain), beside, now))
                {
                    await context.Ledger.AppendAsync(Record("kmc.service.followed", renewal.Number, []), CancellationToken.None);
                }
            }
            catch (RefusedException ended)
            {
                // Put in force, not installed before the process ended, and meanwhile over: another renewal follows what is in force.
                KmcLog.ServiceNotInstalled(context.Log, renewal.Number, ended);
            }
        }

        context.Identity.StandBeside(beside);
    }

    // What waits opens, so that a peer that has registered it early is heard; what was left answers under the signing certificate that went with it.
    private static List<StandIn> Beside(IReadOnlyList<Renewal> renewals, DateTimeOffset now)
    {
        List<StandIn> beside = [];
        foreach (var renewal in renewals)
        {
            if (renewal.State == ServiceRenewalState.Renewed && renewal.Of(RoomIdentity.EncryptionLabel) is { } waiting)
            {
                beside.Add(new StandIn(Certificate.Decode(waiting), null));
            }
            else if (renewal.State == ServiceRenewalState.InForce)
            {
                var left = renewal.Certificates.ToDictionary(one => one.Use, one => Certificate.Decode(one.Follows), StringComparer.Ordinal);
                if (left.TryGetValue(RoomIdentity.EncryptionLabel, out var encryption) && encryption.NotAfter > now)
                {
                    beside.Add(new StandIn(encryption, left.GetValueOrDefault(RoomIdentity.SigningLabel)));
                }
            }
        }

        return beside;
    }

    private static LedgerRecord Record(string act, long number, JsonObject detail) => new()
    {
        Actor = RefillJob.Actor,
        Act = act,
        Object = Renewal.ObjectOf(number),
        Outcome = LedgerOutcome.Done,
        Detail = detail,
    };
}
