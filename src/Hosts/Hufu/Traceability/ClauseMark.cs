namespace Hufu.Host.Traceability;

/// <summary>One <c>[Clause]</c> mark in a built assembly.</summary>
/// <param name="Id">The clause's id, as written.</param>
/// <param name="Project">Name of the assembly that holds the mark.</param>
/// <param name="Member"><c>Class.Member</c>, or <c>Class</c> alone for a mark on a type.</param>
/// <param name="IsTest">True when the marked method is a test, or the marked class holds one.</param>
internal sealed record ClauseMark(string Id, string Project, string Member, bool IsTest);
