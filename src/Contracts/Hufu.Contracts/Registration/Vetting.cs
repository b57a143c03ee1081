namespace Hufu.Contracts;

/// <summary>A call back, with where its number comes from (6.1.3.2-b, 6.1.3.2-e).</summary>
/// <param name="Number">The number that was called.</param>
/// <param name="Origin">Where it was found: 114, the unit's site, the business register; 1 to 200 characters.</param>
/// <param name="SpokeWith">Who answered; 1 to 100 characters.</param>
public sealed record CallBack(string Number, string Origin, string SpokeWith);

/// <summary>How one check came out. By whom and when stands in the signed act that carries it.</summary>
/// <param name="Check">The check's id from the form.</param>
/// <param name="Passed">Whether it passed.</param>
/// <param name="How">How it was done, or why an exception is made; 1 to 500 characters.</param>
/// <param name="Means">By which of the form's means; null leaves it to <paramref name="How"/>.</param>
/// <param name="CallBack">For <see cref="CheckMeans.CallBack"/>: always with its number and the number's origin.</param>
/// <param name="Evidence">SM3 (hex) of papers of this application, or ids of source answers, that it rests on.</param>
/// <param name="Excepted">An exception: the check did not pass, and the vetter would approve all the same. A second vetter must confirm.</param>
public sealed record CheckFinding(
    string Check, bool Passed, string How, CheckMeans? Means = null, CallBack? CallBack = null, IReadOnlyList<string>? Evidence = null, bool Excepted = false);

/// <summary>A paper that the vetter asks for beyond the form's (6.2.1.1-c): the application goes back and waits for it.</summary>
/// <param name="Kind">Its kind, kebab-case, at most 40 characters; the address of its upload.</param>
/// <param name="Why">What is asked and why; 1 to 200 characters.</param>
public sealed record FurtherPaper(string Kind, string Why);

/// <summary>
/// The second vetter's word on an exception: <c>POST /api/ra/applications/{id}/exception</c>, act <see cref="ActNames.RaExceptionConfirm"/> or <see cref="ActNames.RaExceptionRefuse"/>, state
/// <see cref="ApplicationData.StateText"/> of excepted; neither the clerk nor the first vetter. Answered with <see cref="ApplicationStatus"/>.
/// </summary>
/// <param name="Confirm">True confirms; must agree with the act.</param>
/// <param name="Reason">Why; told to the applicant when refused; 1 to 500 characters.</param>
public sealed record ExceptionDecision(bool Confirm, string Reason);
