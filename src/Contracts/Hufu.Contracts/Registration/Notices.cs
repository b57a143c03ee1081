namespace Hufu.Contracts;

/// <summary>
/// A notice as it went out or waits: <c>GET /api/ra/applications/{id}/notices</c> with the application's token; for staff <c>POST …/notices/reading</c>, act <see cref="ActNames.RaNoticesRead"/>, payload
/// <see cref="ReadingPurpose"/>. Where there is a letter it is at <c>…/notices/{notice}/letter</c>, for staff by POST with the same act.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="Template">By which template; null for notices of earlier versions.</param>
/// <param name="Channel">mail, sms, or counter: printed there, not sent.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="State">waiting, sent, failed (given up), or printed (counter).</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Made">When it was left.</param>
/// <param name="Sent">When it was sent; null before.</param>
/// <param name="Letter">SM3 (hex) of the letter, PDF; null where there is none, or none yet.</param>
public sealed record NoticeRow(string Id, string? Template, string Channel, string Subject, string State, int Tries, DateTimeOffset Made, DateTimeOffset? Sent, string? Letter);

/// <summary>
/// Calls back by code (6.1.3.2-b): <c>POST /api/ra/applications/{id}/call-backs</c>, act <see cref="ActNames.RaCallBackSend"/>, object <c>application/{id}</c>, state as for a decision. A short message with a code
/// goes to the number; whoever has the telephone answers at <c>POST /api/ra/call-backs/{callBack}/answer</c> (<see cref="CallBackAnswer"/>). An answered one is evidence of a finding, under its id.
/// </summary>
/// <param name="Check">The check of the form; one that may be answered by a call back.</param>
/// <param name="Number">A mobile number, 11 digits.</param>
/// <param name="Origin">Where it was found; 1 to 200 characters.</param>
public sealed record CallBackAsk(string Check, string Number, string Origin);

/// <summary>A call back by code.</summary>
/// <param name="Id">Its number; evidence once it is answered.</param>
/// <param name="Until">Until when the code is good.</param>
/// <param name="Answered">When it was answered; null before.</param>
public sealed record CallBackSent(string Id, DateTimeOffset Until, DateTimeOffset? Answered);

/// <summary>The answer to a call back.</summary>
/// <param name="Code">Six digits.</param>
public sealed record CallBackAnswer(string Code);
