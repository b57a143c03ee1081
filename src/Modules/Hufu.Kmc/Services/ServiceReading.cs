using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Initialisation;
using Hufu.Records;

namespace Hufu.Kmc.Services;

/// <summary>The key centre's certificates for readers: the open door and the one in a session.</summary>
internal sealed class ServiceReading(RoomContext context, ServiceWatch watch)
{
    /// <summary>What is in force and what waits.</summary>
    /// <exception cref="RefusedException">NotInitialised.</exception>
    public Task<KeyCentreServices> ReadAsync(CancellationToken ct) => context.Database.ReadAsync(Services, ct);

    /// <summary>The same with people and rights.</summary>
    /// <exception cref="RefusedException">NotInitialised, RoleMissing.</exception>
    public Task<ServicesDesk> ReadAsync(StaffSession reader, CancellationToken ct) => context.SignIn.ReadAsync(
        reader, ActNames.KmcCasesRead, "services/all",
        session =>
        {
            var services = Services(session);
            var waiting = services.Waiting;
            return new ServicesDesk(
                services,
                context.SignIn.Permissions(session, reader.Person, services.Object, null).Single(right => right.Act == ActNames.KmcServiceRenew),
                waiting is null
                    ? []
                    : [.. context.SignIn.Permissions(session, reader.Person, Renewal.ObjectOf(waiting.Number), CaseWords.Of(waiting.State)).Where(right => right.States.Contains(CaseWords.Of(waiting.State)))],
                [.. RenewalStore.All(session).Select(one => new ServiceRenewalStep(one.Number, one.State, one.RenewedBy, one.RenewedAt, one.DecidedBy, one.DecidedAt))]);
        },
        ct);

    private KeyCentreServices Services(Session session)
    {
        var centre = CentreStore.Find(session) ?? throw new RefusedException(RefusalCode.NotInitialised, "The key centre has no certificate yet.");
        return new KeyCentreServices(
            context.Identity.AsPeer(), [centre.Certificate], watch.Lives(), Renewal.ObjectOf(RenewalStore.Next(session)), RenewalStore.Waiting(session)?.Show(centre.Certificate));
    }
}
