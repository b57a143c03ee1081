namespace Hufu.Contracts;

/// <content>Further acts of an RA's staff.</content>
public static partial class ActNames
{
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

    /// <summary>Read cases; object <c>cases/{state}</c>, payload <see cref="CertificateCaseQuery"/>.</summary>
    public const string RaCasesRead = "ra.cases.read";

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
}
