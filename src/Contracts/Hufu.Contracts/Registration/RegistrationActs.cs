namespace Hufu.Contracts;

/// <content>Further acts of an RA's staff.</content>
public static partial class ActNames
{
    /// <summary>Propose to destroy papers whose retention has ended; object <c>papers/new</c>, payload <see cref="NewPaperDestruction"/>.</summary>
    public const string RaPapersPropose = "ra.papers.propose";

    /// <summary>Approve it; object <c>papers/{id}</c>, payload <see cref="PaperDestructionStep"/>.</summary>
    public const string RaPapersApprove = "ra.papers.approve";

    /// <summary>Witness it and carry it out; object <c>papers/{id}</c>, payload <see cref="PaperDestructionStep"/>.</summary>
    public const string RaPapersDestroy = "ra.papers.destroy";

    /// <summary>Tell holders of an event; object <c>event/new</c>, payload <see cref="HolderEvent"/>.</summary>
    public const string RaEventTell = "ra.event.tell";

    /// <summary>Read the figures of registration; object <c>statistics/registration</c>, payload <see cref="StatisticsQuery"/>.</summary>
    public const string RaStatisticsRead = "ra.statistics.read";

    /// <summary>Read what was told about an application, and its letters; object <c>application/{id}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RaNoticesRead = "ra.notices.read";

    /// <summary>Call back by code; object <c>application/{id}</c>, state as for a decision, payload <see cref="CallBackAsk"/>.</summary>
    public const string RaCallBackSend = "ra.call-back.send";

    /// <summary>Open an office; object <c>office/{id}</c>, payload <see cref="NewOffice"/>.</summary>
    public const string RaOfficeOpen = "ra.office.open";

    /// <summary>Place a member of staff; object <c>office/{id}</c>, payload <see cref="OfficePlacement"/>.</summary>
    public const string RaOfficeStaff = "ra.office.staff";

    /// <summary>Close an office; object <c>office/{id}</c>, payload <see cref="OfficeClosing"/>.</summary>
    public const string RaOfficeClose = "ra.office.close";

    /// <summary>Register an organisation's batch of applications; object <c>batch/{file digest}</c>, payload <see cref="NewBatch"/>.</summary>
    public const string RaBatchOpen = "ra.batch.open";

    /// <summary>Enter a request for revocation, suspension, its lifting, or recovery; object <c>case/new</c>, payload <see cref="NewCertificateCase"/>.</summary>
    public const string RaCaseEnter = "ra.case.enter";

    /// <summary>Approve a case; object <c>case/{id}</c>, payload <see cref="CaseDecision"/>.</summary>
    public const string RaCaseApprove = "ra.case.approve";

    /// <summary>Refuse a case; object <c>case/{id}</c>, payload <see cref="CaseDecision"/>.</summary>
    public const string RaCaseRefuse = "ra.case.refuse";

    /// <summary>Note that the key centre has recovered; object <c>case/{id}</c>, payload <see cref="CaseClosing"/>.</summary>
    public const string RaCaseClose = "ra.case.close";

    /// <summary>Read cases; object <c>cases/{state}</c>, payload <see cref="CertificateCasePageQuery"/> or <see cref="CertificateCaseQuery"/>; or <c>case/{id}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RaCasesRead = "ra.cases.read";

    /// <summary>Search applications; object <c>search/applications</c>, payload <see cref="SearchQuery"/>.</summary>
    public const string RaApplicationSearch = "ra.application.search";

    /// <summary>Ask a third-party source; object <c>application/{id}</c>, payload <see cref="SourceQuestion"/>.</summary>
    public const string RaSourceAsk = "ra.source.ask";

    /// <summary>Enter a demand for private data; object <c>disclosure/new</c>, payload <see cref="NewDisclosure"/>.</summary>
    public const string RaDisclosureEnter = "ra.disclosure.enter";

    /// <summary>Release private data; object <c>disclosure/{id}</c>, payload <see cref="DisclosureRelease"/>.</summary>
    public const string RaDisclosureRelease = "ra.disclosure.release";

    /// <summary>Record a payment; object <c>fee/{application}</c>, payload <see cref="Payment"/>.</summary>
    public const string RaPaymentRecord = "ra.payment.record";

    /// <summary>Ask for a refund; object <c>fee/{application}</c>, payload <see cref="Refund"/>.</summary>
    public const string RaRefundAsk = "ra.refund.ask";

    /// <summary>Approve a refund; object <c>fee/{application}</c>, payload <see cref="RefundApproval"/>.</summary>
    public const string RaRefundApprove = "ra.refund.approve";

    /// <summary>Take an application at the counter; object <c>application/new</c>, payload <see cref="CounterApplication"/>.</summary>
    public const string RaApplicationTake = "ra.application.take";

    /// <summary>Confirm an exception as the second vetter; object <c>application/{id}</c>, payload <see cref="ExceptionDecision"/>.</summary>
    public const string RaExceptionConfirm = "ra.exception.confirm";

    /// <summary>Refuse an exception as the second vetter; object <c>application/{id}</c>, payload <see cref="ExceptionDecision"/>.</summary>
    public const string RaExceptionRefuse = "ra.exception.refuse";

    /// <summary>Make a lost one-time code anew; object <c>application/{id}</c>, payload <see cref="CodeRenewal"/>.</summary>
    public const string RaCodeRenew = "ra.code.renew";

    /// <summary>Hand a pair over at the counter; object <c>application/{id}</c>, payload <see cref="HandOver"/>.</summary>
    public const string RaPairHandOver = "ra.pair.hand-over";

    /// <summary>Read fees; object <c>fees/{state}</c>, payload <see cref="FeeQuery"/>, or <c>fee/{application}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RaFeesRead = "ra.fees.read";

    /// <summary>Read who works in which office; object <c>offices/people</c>, payload <see cref="OfficePeopleQuery"/>.</summary>
    public const string RaOfficesRead = "ra.offices.read";

    /// <summary>Read demands for private data; object <c>disclosures/{state}</c>, payload <see cref="DisclosureQuery"/>, or <c>disclosure/{id}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RaDisclosuresRead = "ra.disclosures.read";

    /// <summary>Read proposals to destroy papers; object <c>destructions/{state}</c>, payload <see cref="PaperDestructionQuery"/>, or <c>papers/{id}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RaPapersRead = "ra.papers.read";

    /// <summary>Read what waits to be fetched or handed over; object <c>deliveries/issued</c>, payload <see cref="DeliveryQuery"/>; or how one came to its holder; object <c>application/{id}</c>, payload <see cref="ReadingPurpose"/>.</summary>
    public const string RaDeliveriesRead = "ra.deliveries.read";
}
