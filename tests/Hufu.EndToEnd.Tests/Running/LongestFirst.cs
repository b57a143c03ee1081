using Hufu.EndToEnd.Tests.Browser;
using Hufu.EndToEnd.Tests.Running;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Hufu.EndToEnd.Tests.Running;

/// <summary>The browser's tests begin first: they follow one another and take as long as all others together, which run beside them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(collection => collection.TestCollectionDisplayName != nameof(BrowserStage))];
}
