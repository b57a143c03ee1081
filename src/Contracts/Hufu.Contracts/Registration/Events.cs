namespace Hufu.Contracts;

/// <summary>
/// Tells holders of an event that touches the validity or reliability of their certificates in substance (7.2.6-b): <c>POST /api/ra/events</c>, act <see cref="ActNames.RaEventTell"/>, object <c>event/new</c>; answered
/// with <see cref="EventTold"/>. Every holder of a certificate in force is told, a few at a time. A compromise of a CA's key is told by the room itself.
/// </summary>
/// <param name="What">What happened, what it means and what to do; 10 to 500 characters.</param>
/// <param name="Profile">Only holders of this type, or null.</param>
public sealed record HolderEvent(string What, string? Profile = null);

/// <summary>The event is on record and is being told.</summary>
/// <param name="Id">Its number.</param>
public sealed record EventTold(string Id);
