using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;

namespace Hufu.Ca.Crls;

/// <summary>Signs a CRL now: <c>POST /api/ca/crls</c>, act ca.crl.issue. The act is authorised and recorded first; then the CRL is made, checked and recorded.</summary>
internal sealed class CrlOrder(RoomContext context, CrlDesk desk, AuthorityRegister authorities)
{
    /// <exception cref="RefusedException">The act is not in order; UnknownObject; or the new CRL did not pass its checks.</exception>
    [Clause("6.2.7.5-a")]
    public async Task<CrlSigned> IssueAsync(ActRequest request, CancellationToken ct)
    {
        var all = authorities.Demand();
        var (payload, actor) = await context.Acts.RunAsync<CrlRequest, (CrlRequest, string)>(
            request,
            ActNames.CaCrlIssue,
            static asked => new ExpectedAct(ActNames.CaCrlIssue, $"ca/{asked.Ca}"),
            (_, authorised, asked) =>
            {
                all.Of(asked.Ca);
                authorised.Detail["kind"] = asked.Kind?.ToString();
                return (asked, authorised.Person.ToString());
            },
            ct).ConfigureAwait(false);
        return payload.Kind == CrlKind.Delta
            ? await desk.IssueDeltaAsync(payload.Ca, actor, ct).ConfigureAwait(false) ?? throw new RefusedException(RefusalCode.StateWrong, "There is no full CRL to build a delta on.", "ca")
            : await desk.IssueAsync(payload.Ca, CrlOccasion.OnDemand, actor, ct).ConfigureAwait(false);
    }
}
