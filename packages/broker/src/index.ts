export {
  Broker,
  type BrokerOptions,
  type ProvideOptions,
  type TopicFactory,
  type TopicInfo,
  type TopicReader,
} from './broker.js';
export { type LatestOptions, latest } from './latest.js';
export { type SubscribeOptions, type Subscription, Topic, type TopicOptions } from './topic.js';
