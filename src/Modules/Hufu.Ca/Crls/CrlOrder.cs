using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;

namespace Hufu.Ca.Crls;

/// <summary>Signs a CRL now: <c>POST /api/ca/crls</c>, act ca.crl.issue. The act is authorised and recorded first; then the CRL is made, checked and recorded.</summary>
internal sealed class CrlOrder(RoomContext context, CrlDesk desk)
{
    /// <exception cref="RefusedException">The act is not in order; UnknownObject; or the new CRL did not pass its checks.</exception>
    [Clause("6.2.7.5-a")]
    public async Task<CrlSigned> IssueAsync(ActRequest request, CancellationToken ct)
    {
        var payload = request.Payload<CrlRequest>();
        var label = Authorities.AuthorityNames.KeyOf(payload.Ca);
        var actor = await context.Acts.RunAsync(
            request,
            new ExpectedAct(ActNames.CaCrlIssue, $"ca/{payload.Ca}"),
            (_, authorised) =>
            {
                authorised.Detail["key"] = label;
                return authorised.Person.ToString();
            },
            ct).ConfigureAwait(false);
        return await desk.IssueAsync(payload.Ca, CrlOccasion.OnDemand, actor, ct).ConfigureAwait(false);
    }
}
