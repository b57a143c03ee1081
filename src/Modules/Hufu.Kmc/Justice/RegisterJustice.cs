using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Pki;

namespace Hufu.Kmc.Justice;

/// <summary>An operator registers officers, papers, scope and time limit: <c>POST /api/kmc/justice</c>.</summary>
internal sealed class RegisterJustice(RoomContext context, CaseBook cases)
{
    private const int LeastOfficers = 2;
    private const int MostOfficers = 10;
    private const int MostPapers = 20;
    private const int DigestDigits = 64;

    /// <summary>Registers it.</summary>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, EvidenceMissing, CertificateNotValid, UnknownObject, Malformed, and what the gate refuses.</exception>
    [Clause("6.2.8-c")]
    public Task<CaseStep> RunAsync(ActRequest request, CancellationToken ct)
    {
        return context.Acts.RunAsync<JusticeOrder, CaseStep>(
            request,
            ActNames.KmcJusticeRegister,
            order =>
            {
                Check(order);
                return new ExpectedAct(ActNames.KmcJusticeRegister, "justice/new");
            },
            (session, act, order) =>
            {
                _ = CaseScope.Find(session, order.Ca, order.UserCertNumbers);
                var step = cases.Open(session, CaseKind.Justice, request.PayloadBytes(), act);
                act.Detail["case"] = step.Id;
                return step;
            },
            ct);
    }

    /// <summary>An officer's certificate as it is now.</summary>
    /// <exception cref="RefusedException">CertificateNotValid, Malformed, EvidenceMissing.</exception>
    public static Certificate Read(JusticeOfficer officer, DateTimeOffset now)
    {
        try
        {
            var certificate = Certificate.Decode(officer.Certificate ?? throw new RefusedException(RefusalCode.EvidenceMissing, $"{officer.Name} has no certificate.", "officers"));
            return certificate.PublicKey.IsSm2 && certificate.Allows(KeyUsages.KeyEncipherment) && certificate.NotBefore <= now && now <= certificate.NotAfter
                ? certificate
                : throw new RefusedException(RefusalCode.CertificateNotValid, $"{officer.Name}'s is no SM2 encryption certificate in its validity.", "officers");
        }
        catch (PkiException unreadable)
        {
            throw new RefusedException(RefusalCode.Malformed, unreadable.Message, "officers");
        }
    }

    private void Check(JusticeOrder order)
    {
        if (order.Officers.Count is < LeastOfficers or > MostOfficers || order.Officers.DistinctBy(officer => (officer.Unit, officer.Badge)).Count() != order.Officers.Count)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"{LeastOfficers} to {MostOfficers} different officers.", "officers");
        }

        if (order.Papers.Count is < 1 or > MostPapers)
        {
            throw new RefusedException(RefusalCode.EvidenceMissing, $"1 to {MostPapers} legal papers.", "papers");
        }

        foreach (var text in order.Officers.SelectMany(officer => new[] { officer.Name, officer.Unit, officer.Badge }))
        {
            CaseBook.Require(text, "officers");
        }

        foreach (var paper in order.Papers)
        {
            CaseBook.Require(paper.Title, "papers");
            CaseBook.Require(paper.Number, "papers");
            if (paper.Sm3.Length != DigestDigits || !paper.Sm3.All(char.IsAsciiHexDigitLower))
            {
                throw new RefusedException(RefusalCode.FieldInvalid, "A paper's SM3 has 64 lower-case hex digits.", "papers");
            }
        }

        CaseBook.Require(order.CarrierLabel, "carrierLabel");
        var now = context.Clock.GetUtcNow();
        if (order.ValidUntil <= now || order.ValidUntil > context.Policy.Values.JusticeOrderLife.After(now))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The time limit lies in the future and within {context.Policy.Values.JusticeOrderLife}.", "validUntil");
        }

        if (order.Protection == JusticeCarrier.OfficerCertificates)
        {
            foreach (var officer in order.Officers)
            {
                _ = Read(officer, now);
            }
        }
    }
}
