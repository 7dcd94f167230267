'use strict';
// Draws every [data-chart] from the JSON beside it; the table under the chart says the same. Colours come from tokens.css.
{
    const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const text = () => ({color: variable('--ink-soft'), fontFamily: getComputedStyle(document.body).fontFamily});
    const grouped = (value) => value.toLocaleString(document.documentElement.lang === 'zh-hans' ? 'zh-CN' : 'en');

    const common = () => ({
        color: [1, 2, 3, 4, 5, 6].map((number) => variable(`--series-${number}`)),
        textStyle: text(),
        animation: false,
        tooltip: {trigger: 'axis', valueFormatter: grouped},
        grid: {left: 8, right: 16, top: 40, bottom: 8, containLabel: true},
    });
    const counts = () => ({type: 'value', axisLabel: {formatter: grouped, ...text()}, splitLine: {lineStyle: {color: variable('--line-soft')}}});

    const kinds = {
        line: (data) => ({
            ...common(),
            legend: {top: 0, left: 0, textStyle: text()},
            xAxis: {type: 'category', data: data.days, axisLabel: text(), boundaryGap: false},
            yAxis: counts(),
            series: data.series.map((one) => ({name: one.name, type: 'line', data: one.values, symbolSize: 6, lineStyle: {width: 2}})),
        }),
        bar: (data) => ({
            ...common(),
            legend: {top: 0, left: 0, textStyle: text()},
            xAxis: counts(),
            yAxis: {type: 'category', data: data.names, inverse: true, axisLabel: {width: 160, overflow: 'truncate', ...text()}},
            series: data.series.map((one) => ({name: one.name, type: 'bar', data: one.values, barMaxWidth: 18})),
        }),
    };

    document.querySelectorAll('[data-chart]').forEach((place) => {
        const data = JSON.parse(document.getElementById(place.dataset.source).textContent);
        const chart = echarts.init(place);
        const draw = () => chart.setOption(kinds[place.dataset.chart](data), true);
        draw();
        new ResizeObserver(() => chart.resize()).observe(place);
        new MutationObserver(draw).observe(document.documentElement, {attributes: true, attributeFilter: ['data-theme']});
    });
}
