namespace Hufu.Contracts;

/// <summary>
/// Who has looked at a holder's data (6.4.2-a, 6.4.2-d): <c>GET /api/ra/applications/{id}/looks?below=</c> with the access token, from the registration's log, the newest first. No names of staff: their role says who it was,
/// the log has the person. Pages of a work queue, which show a name and no data, are not among them.
/// </summary>
/// <param name="Looks">At most 100.</param>
/// <param name="Next">Goes on below this number: the address's <c>below</c>; null on the last page.</param>
public sealed record DataLooks(IReadOnlyList<DataLook> Looks, long? Next);

/// <summary>One look, or one act for which somebody had the data before them.</summary>
/// <param name="Number">The record's number in the registration's log; an auditor finds it by this number.</param>
/// <param name="At">When.</param>
/// <param name="Role">Who, by role (<see cref="Roles"/>); <c>holder</c> for the holder; <c>staff</c> where the record names none.</param>
/// <param name="RoleZh">The role in Chinese.</param>
/// <param name="RoleEn">The role in English.</param>
/// <param name="Act">What was done, by name, such as <see cref="ActNames.RaApplicationRead"/>.</param>
/// <param name="WhatZh">What was done, in Chinese.</param>
/// <param name="WhatEn">What was done, in English.</param>
/// <param name="Purpose">What for, in the words of who looked; null where none was asked.</param>
public sealed record DataLook(long Number, DateTimeOffset At, string Role, string RoleZh, string RoleEn, string Act, string WhatZh, string WhatEn, string? Purpose);
