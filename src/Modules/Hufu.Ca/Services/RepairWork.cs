using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Rules;
using Hufu.Ca.Staff;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.Services;

/// <summary>
/// Carries out a repair that enough people have signed: 1 everything is decided again, 2 serials are reserved and committed (R10), 3 the certificates signed, 4 stored in one transaction with their ledger records, the people's
/// put on this room's register, the rooms told, 5 the room's own installed. What breaks off goes on with the next look; what is certified already is given again (R03).
/// </summary>
internal sealed partial class RepairWork(RoomContext context, CaDesks desks, IFactOutlet facts) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Decides every line of a plan; the first that cannot be is the refusal.</summary>
    /// <exception cref="RefusedException">As the rules; RegisteredDataChanged, KeyReused, StateWrong.</exception>
    public RepairLines Decide(Session session, AuthoritySet all, RepairPlan plan)
    {
        var now = context.Clock.GetUtcNow();
        return new RepairLines([.. plan.Services.Select(asked => Service(session, all, asked, plan.Proofs?.FirstOrDefault(proof => proof.OldSerial == asked.OldSerial), now))], [.. plan.People.Select(ended => Person(session, all, ended, now))]);
    }

    /// <summary>Goes on with what is approved and not done, or done and not installed.</summary>
    public async Task GoOnAsync(CancellationToken ct)
    {
        if (desks.Authorities.Current is null || !context.Identity.IsActive)
        {
            return;
        }

        foreach (var row in await context.Database.ReadAsync(RepairStore.Left, ct).ConfigureAwait(false))
        {
            try
            {
                await CarryOutAsync(row.Id, ct).ConfigureAwait(false);
            }
            catch (RefusedException waits)
            {
                // Refused for good, which is on record; or not now. The others, and what the room looks after besides, do not wait for it.
                LogRefused(context.Log, row.Id, waits.Refusal.ToString());
            }
        }
    }

    /// <summary>Carries out an approved repair, or installs what one has certified.</summary>
    /// <exception cref="RefusedException">It cannot be done now (the device waits, the clock is in doubt) and is tried again; or it is refused for good and says so.</exception>
    public async Task CarryOutAsync(string id, CancellationToken ct)
    {
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var row = await context.Database.ReadAsync(session => RepairStore.Find(session, id), ct).ConfigureAwait(false);
            var result = row.State switch
            {
                RepairRow.Approved => await CertifyAsync(row, ct).ConfigureAwait(false),
                RepairRow.Done => KeptJson.Read<RepairResult>(row.Result!),
                _ => null,
            };
            if (result is not null)
            {
                await InstallAsync(row.Id, result, ct).ConfigureAwait(false);
            }
        }
        catch (RefusedException refused) when (!Passing.IsPassing(refused.Refusal.Code))
        {
            await context.Database.WriteAsync(
                session =>
                {
                    // What is certified stays so: there it is only not installed here, and is taken in by hand.
                    if (RepairStore.Find(session, id).State == RepairRow.Done)
                    {
                        RepairStore.SetInstalled(session, id, RepairRow.NotInstalled);
                    }
                    else
                    {
                        RepairStore.SetState(session, id, RepairRow.Refused);
                    }

                    Record(session, id, LedgerOutcome.Refused, new JsonObject { ["code"] = refused.Refusal.Code.ToString(), ["evidence"] = refused.Refusal.Evidence });
                },
                CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<RepairResult> CertifyAsync(RepairRow row, CancellationToken ct)
    {
        // 1
        var all = desks.Authorities.Demand();
        var plan = KeptJson.Read<RepairPlan>(row.Plan);
        var lines = await context.Database.ReadAsync(session => Decide(session, all, plan), ct).ConfigureAwait(false);

        // 2
        var issuer = all.DemandLine(AuthorityNames.Operational);
        var chain = all.ChainOf(issuer);
        List<DirectOrder> orders = [.. lines.Services.Where(line => line.Known is null).Select(line => line.Order), .. lines.People.Where(line => line.Known is null).Select(line => line.Order)];
        var serials = new Queue<SerialNumber>(await desks.Direct.ReserveAsync(issuer.Name, [.. orders.Select(order => $"repair/{order.Holder}")], ct).ConfigureAwait(false));

        // 3
        var signer = DirectSigner.Of(issuer);
        List<(ServiceLine Line, Certificate? Made)> services = [.. lines.Services.Select(line => (line, line.Known is null ? desks.Direct.Sign(line.Order, serials.Dequeue(), signer) : null))];
        List<(PersonLine Line, Certificate? Made)> people = [.. lines.People.Select(line => (line, line.Known is null ? desks.Direct.Sign(line.Order, serials.Dequeue(), signer) : null))];
        RepairResult result = new(
            [.. services.Select(one => new ServiceCertified(one.Line.Asked.Room, one.Line.Asked.Use, one.Line.Asked.OldSerial, one.Made?.Encode() ?? one.Line.Known!, one.Made is null ? all.ChainOf(all.Of(one.Line.KnownIssuer!)) : chain))],
            [.. people.Select(one => new PersonCertified(one.Line.Ended.Room, one.Line.Ended.Serial, one.Line.Name, one.Made?.Encode() ?? one.Line.Known!, chain))]);

        // 4
        await context.Database.WriteAsync(
            session =>
            {
                for (var i = 0; i < services.Count; i++)
                {
                    Store(session, row.Id, i, services[i].Line, services[i].Made, issuer.Name);
                    facts.Publish(session, result.Services[i]);
                }

                for (var i = 0; i < people.Count; i++)
                {
                    if (people[i].Made is { } made)
                    {
                        desks.Direct.Store(session, people[i].Line.Order, issuer.Name, made);
                    }

                    if (people[i].Line.Ended.Room == context.Name)
                    {
                        context.Staff.Follow(session, people[i].Line.Ended.Serial, Certificate.Decode(result.People[i].Certificate));
                    }
                }

                RepairStore.SetState(session, row.Id, RepairRow.Done, KeptJson.Write(result));
                Record(session, row.Id, LedgerOutcome.Done, new JsonObject
                {
                    ["services"] = new JsonArray([.. result.Services.Select(one => JsonValue.Create($"{one.Room}/{one.Use}: {Certificate.Decode(one.Certificate).SerialHex} after {one.OldSerial}"))]),
                    ["people"] = new JsonArray([.. result.People.Select(one => JsonValue.Create($"{one.Name}, {one.Room}: {Certificate.Decode(one.Certificate).SerialHex} after {one.Serial}"))]),
                });
            },
            CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    // 5: under the ledger's own record of it; the same as when they follow themselves.
    private async Task InstallAsync(string id, RepairResult result, CancellationToken ct)
    {
        foreach (var certified in result.Services.Where(one => one.Room == context.Name))
        {
            await context.Renewal.FollowOwnAsync(certified, ct).ConfigureAwait(false);
        }

        await context.Database.WriteAsync(session => RepairStore.SetInstalled(session, id, RepairRow.Installed), ct).ConfigureAwait(false);
    }

    private void Store(Session session, string repair, int number, ServiceLine line, Certificate? made, string issuer)
    {
        if (made is null)
        {
            return;
        }

        desks.Direct.Store(session, line.Order, issuer, made);

        // What followed before and has ended too is followed by this one instead: an old certificate is followed by one.
        session.Execute("UPDATE ca_service_renewals SET state = 'ended' WHERE old_serial = @OldSerial AND state = 'done'", new { line.Asked.OldSerial });
        session.Execute(
            """
            INSERT INTO ca_service_renewals (id, sender, room, use, old_serial, request, state, key, issuer, serial, asked_at)
            VALUES (@id, @Room, @Room, @Use, @OldSerial, @Request, 'done', @Key, @issuer, @Serial, @Now)
            """,
            new
            {
                id = $"repair-{repair}-{number}", line.Asked.Room, line.Asked.Use, line.Asked.OldSerial, line.Asked.Request, line.Key, issuer, Serial = made.SerialHex,
                Now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            });
    }

    private ServiceLine Service(Session session, AuthoritySet all, ServiceRenewalAsked asked, RepairProof? proof, DateTimeOffset now)
    {
        var old = ServiceRenewals.Old(session, all, asked.OldSerial);
        RepairIsAllowed.Demand(asked, old, now);
        RepairIsAskedByTheRoom.Demand(asked, proof, proof is null ? new RenewedCertificate(null, false) : ServiceRenewals.Old(session, all, proof.SignerSerial));
        var request = PersonRequests.Open(asked.Request, "services");
        var key = ActStatement.Digest(request.PublicKey.RawData.Span);
        var order = desks.Renewals.OrderOf(asked.Room, old.Row!, request.PublicKey);
        ServiceRenewals.DemandOneUse(session, key, order.Profile.Id);
        if (ServiceRenewals.Followed(session, asked.OldSerial) is { } followed && CertificateStore.Find(session, followed.Issuer, followed.Serial) is { } row && DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter) > now)
        {
            return followed.Key == key
                ? new ServiceLine(asked, order, key, row.Der, row.Issuer)
                : throw new RefusedException(RefusalCode.StateWrong, $"{asked.OldSerial} is followed by {followed.Serial} already, over another key.", "services");
        }

        return new ServiceLine(asked, order, key, null, null);
    }

    private PersonLine Person(Session session, AuthoritySet all, PersonEnded ended, DateTimeOffset now)
    {
        var old = ServiceRenewals.Old(session, all, ended.Serial);
        var staff = old.Row is null ? null : CertificateStore.FindStaff(session, old.Row.Issuer, ended.Serial);
        RepairIsAllowed.Demand(ended, old, staff, context.Policy.Values, now);
        if (ended.Room == context.Name && (context.Staff.FindByCertificate(session, ActStatement.Digest(old.Row!.Der)) is not { } member || !member.Roles.Contains(staff!.Role)))
        {
            throw new RefusedException(RefusalCode.PersonUnknown, $"{staff!.Name} is not {staff.Role} here any more.", "people");
        }

        var certificate = Certificate.Decode(old.Row!.Der);
        var organisation = certificate.Subject.Find(Oids.Organization) ?? "";
        var order = StaffProfiles.Order(context.Policy, organisation, new StaffPlace(staff!.Room, staff.Role, staff.Name), certificate.PublicKey) with { Subject = certificate.Subject };
        var known = RepairStore.PersonFollowed(session, old.Row.SpkiDigest, staff.Room, staff.Name, old.Row.NotAfter);
        return new PersonLine(ended, order, staff.Name, known is not null && Certificate.Decode(known).NotAfter > now ? known : null);
    }

    private void Record(Session session, string id, LedgerOutcome outcome, JsonObject detail) =>
        context.Ledger.Append(session, new LedgerRecord { Actor = "system", Act = "ca.repair.carried-out", Object = $"repair/{id}", Outcome = outcome, Detail = detail });

    [LoggerMessage(3062, LogLevel.Warning, "The repair {Id} could not be carried out: {Reason}")]
    private static partial void LogRefused(ILogger log, string id, string reason);
}

/// <summary>A plan, decided.</summary>
internal sealed record RepairLines(IReadOnlyList<ServiceLine> Services, IReadOnlyList<PersonLine> People);

/// <summary>A room's certificate of a plan. Known: what follows it already, DER, and by which CA.</summary>
internal sealed record ServiceLine(ServiceRenewalAsked Asked, DirectOrder Order, string Key, byte[]? Known, string? KnownIssuer);

/// <summary>A person's certificate of a plan. Known: what follows it already, DER.</summary>
internal sealed record PersonLine(PersonEnded Ended, DirectOrder Order, string Name, byte[]? Known);
